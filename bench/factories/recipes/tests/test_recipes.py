from app import Cook, Recipe, count_ingredients, db, mail


def test_index(client):
    page = client.get('/').text
    assert page.index('Goulash') < page.index('Pancakes') < page.index('Toast')
    assert 'Toast</a> by Ida (quick)' in page
    assert '/enter' in page


def test_seeded_once(app):
    from app import seed
    with app.app_context():
        seed()
        assert Recipe.query.count() == 3
        assert Cook.query.count() == 2


def test_recipe_is_cached(app, client):
    assert '<li>250 g flour</li>' in client.get('/recipe/1').text
    with app.app_context():
        db.session.get(Recipe, 1).title = 'Crepes'
        db.session.commit()
    assert 'Pancakes' in client.get('/recipe/1').text


def test_missing(client):
    answer = client.get('/recipe/99')
    assert answer.status_code == 404
    assert 'No such recipe' in answer.text


def test_new_needs_a_cook(client):
    answer = client.post('/recipe/new', data={'title': 'X'}, follow_redirects=True)
    assert 'Enter' in answer.text
    assert answer.request.path == '/enter'


def test_new_and_delete(ida):
    answer = ida.post('/recipe/new', data={'title': 'Soup', 'ingredients': '1 l water\nsalt'}, follow_redirects=True)
    assert '<h1>Soup</h1>' in answer.text
    assert 'Recipes of Ida' in ida.get('/').text
    assert 'Deleted Soup' in ida.post('/recipe/4/delete', follow_redirects=True).text
    assert ida.post('/recipe/3/delete').status_code == 403
    assert ida.post('/recipe/9/delete').status_code == 404


def test_search(client):
    assert client.get('/search?q=egg').json == [{'id': 1, 'title': 'Pancakes', 'quick': False}]
    assert [r['quick'] for r in client.get('/search?q=').json] == [False, True, False]


def test_quick_is_configured(app, client):
    app.config['QUICK_MINUTES'] = 20
    try:
        assert [r['quick'] for r in client.get('/search?q=').json] == [True, True, False]
    finally:
        del app.config['QUICK_MINUTES']


def test_mail(app, client):
    with app.app_context(), mail.record_messages() as outbox:
        assert client.post('/recipe/2/mail', data={'to': 'a@example.com'}).status_code == 202
    assert outbox[0].subject == 'Toast'
    assert outbox[0].sender == 'Recipes <recipes@example.com>'
    assert '2 slices bread' in outbox[0].body


def test_count_is_memoized(app, client):
    assert client.get('/ingredients/beef').json == {'name': 'beef', 'count': 1}
    with app.app_context():
        db.session.delete(db.session.get(Recipe, 3))
        db.session.commit()
        assert count_ingredients('beef') == 1


def test_export_is_streamed(app, client):
    answer = client.get('/export.csv')
    assert answer.mimetype == 'text/csv'
    assert answer.is_streamed
    assert answer.text == 'Pancakes,Ida\nToast,Ida\nGoulash,Otto\n'
