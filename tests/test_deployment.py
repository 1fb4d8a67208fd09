from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keck.deployment import Workers, deploys, workers

WORDS = 'gunicorn -w 4 $ ${ } services: replicas: | > --- ( ) & ; # [ " \\ workers = command: - [uwsgi]'


def said(path: str, text: str) -> tuple[int | None, int] | None:
    """Return the count and the line that one file gives."""
    found = workers({path: text.encode()})
    return None if found is None else (found.count, found.line)


class TestCommands:
    """Commands that start a server."""

    @pytest.mark.parametrize(
        ("command", "count"),
        [
            ("gunicorn app:app", 1),
            ("gunicorn -w 4 app:app", 4),
            ("gunicorn -w4 app:app", 4),
            ("gunicorn -w=4 app:app", 4),
            ("gunicorn app:app --workers=3 --worker-class gevent", 3),
            ("gunicorn 'shop:create_app()' --worker-class gevent --worker-tmp-dir /dev/shm --threads 8", 1),
            ("gunicorn3 --workers '5' app:app", 5),
            ("/srv/shop/venv/bin/gunicorn -b :8000 -w 4 app:app", 4),
            ("flask db upgrade; exec gunicorn -w 2 app:app", 2),
            ("flask db upgrade && FLASK_ENV=production poetry run gunicorn -w 2 app:app 2>&1 | tee log", 2),
            ("newrelic-admin run-program gunicorn app:app -w 2 & celery -A x worker -c 9", 2),
            ("gunicorn app:app --workers $WEB_CONCURRENCY", None),
            ("gunicorn app:app -w ${WORKERS}", None),
            ('gunicorn app:app -w "${WORKERS:-4}"', 4),
            ("gunicorn app:app -w $(nproc)", None),
            ("gunicorn app:app -w $((2 * $(nproc) + 1))", None),
            ("gunicorn app:app -w ${WORKERS:-$(nproc)}", None),
            ("uwsgi --http :8000 -w wsgi:app", 1),
            ("uwsgi --http :8000 -w wsgi:app --processes 4 --threads 2", 4),
            ("uwsgi --http :8000 --module wsgi:app -p 3", 3),
            ("uvicorn app:asgi --workers 3", 3),
            ("hypercorn app:app -w 3", 3),
            ("granian --interface wsgi --workers 3 app:app", 3),
            ("waitress-serve --call shop:create_app", 1),
        ],
    )
    def test_the_arguments_of_a_server_tell(self, command: str, count: int | None) -> None:
        """Each server's options for processes are understood; threads and worker classes are no processes."""
        assert said("start.sh", f"#!/bin/sh\n# go\n{command}\n") == (count, 3)
        assert said("Procfile", f"release: flask db upgrade\nweb: {command}\n") == (count, 2)

    @pytest.mark.parametrize(
        "command",
        [
            "pip install gunicorn uwsgi",
            "pip install flask \\\n    gunicorn",
            "apt-get update && apt-get install -y uwsgi -p 4",
            "pkill gunicorn",
            "echo 'starting gunicorn -w 4 app:app'",
            "# gunicorn -w 4 app:app",
            "true # gunicorn -w 4 app:app",
            "SERVER=gunicorn",
            "cp gunicorn.conf.py /etc/gunicorn",
            "if pgrep gunicorn -w 4; then exit; fi",
            "celery -A shop worker --concurrency 4 --workers 4",
            "flask run",
            "python app.py --workers 4",
            "gunicorn -c gunicorn.conf.py app:app",
            "gunicorn $GUNICORN_ARGS",
            "uwsgi --ini shop.ini",
            "uwsgi /etc/shop.ini",
            'gunicorn "$@"',
            'exec "$@"',
        ],
    )
    def test_what_starts_no_server_or_does_not_tell_says_nothing(self, command: str) -> None:
        """Installing, stopping or mentioning a server is not serving; a configuration file has its own say."""
        assert said("run.sh", f"{command}\n") is None

    @pytest.mark.parametrize(
        ("path", "text", "wanted"),
        [
            ("Dockerfile", 'FROM python\nRUN pip install gunicorn\nCMD ["gunicorn", "-w", "4", "app:app"]\n', (4, 3)),
            (
                "Dockerfile",
                'FROM python\nCMD ["gunicorn", \\\n  "--bind", ":80", \\\n  "--workers=4", "app:app"]',
                (4, 2),
            ),
            ("api.Dockerfile", 'CMD ["sh", "-c", "flask db upgrade && gunicorn -w ${W:-2} app:app"]', (2, 1)),
            ("docker/Dockerfile.prod", "ENV WORKERS=6\nENTRYPOINT exec gunicorn -w $WORKERS app:app", (6, 2)),
            ("Dockerfile-web", "ENV WORKERS 6\nCMD gunicorn -w ${WORKERS} app:app", (6, 2)),
            ("Dockerfile", "ENV WEB_CONCURRENCY=3\nCMD gunicorn app:app", (3, 1)),
            ("Dockerfile", "ENV WEB_CONCURRENCY 3\nCMD gunicorn app:app", (3, 1)),
            ("Dockerfile", 'ENV GUNICORN_CMD_ARGS="--bind=:80 --workers=3"\nCMD gunicorn app:app', (3, 1)),
            ("Dockerfile", "FROM gunicorn\nUSER gunicorn\nCOPY x gunicorn \n", None),
            ("entrypoint.sh", "WORKERS=${WORKERS:-1}\nexec gunicorn app:app \\\n  -b :80 \\\n  -w $WORKERS\n", (1, 2)),
            ("entrypoint.sh", 'A="$B"\nB="$A"\nexec gunicorn app:app -w $A\n', (None, 3)),
            ("bin/boot", 'if [ "$1" = "gunicorn" ]; then\n  exec "$@" --workers "${N:-4}"\nfi\n', (4, 2)),
            ("bin/boot", 'if [ "$1" = "flask" ]; then\n  exec "$@" --workers 4\nfi\n', None),
            ("entrypoint.sh", 'cmd="exec gunicorn app:app \\\n  -w 2 \\\n  --log-syslog"\n', (2, 1)),
            ("shop.service", "[Service]\nExecStart=/srv/venv/bin/gunicorn --workers 3 \\\n  app:app\n", (3, 2)),
            (
                "supervisor/shop.conf",
                "[program:web]\ncommand=gunicorn\n    shop:app\n    -w %(ENV_N)s\nuser=x",
                (None, 2),
            ),
            ("supervisord.conf", "[program:web]\ncommand=gunicorn -w 4 app:app\n[program:c]\ncommand=celery", (4, 2)),
            ("app.yaml", "runtime: python39\nentrypoint: gunicorn -b :$PORT -w 2 app:app\n", (2, 2)),
            ("render.yaml", "services:\n  - type: web\n    startCommand: gunicorn run:app\n", (1, 3)),
            ("heroku.yml", "run:\n  web: gunicorn -w 3 app:app\n", (3, 2)),
            ("fly.toml", '[processes]\n  app = "gunicorn -w 3 app:app"\n', (3, 2)),
        ],
    )
    def test_commands_are_found_where_each_kind_of_file_has_them(
        self, path: str, text: str, wanted: tuple[int | None, int] | None
    ) -> None:
        """Arrays, continued lines, variables with defaults, units and process files are read as their tools do."""
        assert said(path, text) == wanted

    @pytest.mark.parametrize(
        ("command", "wanted"),
        [
            ("    command: gunicorn -w 4 app:app\n", (4, 4)),
            ('    command: ["gunicorn", "-w", "4", "app:app"]\n', (4, 4)),
            ('    command: [\n      "gunicorn",\n      "-w", "4",\n    ]\n', (4, 5)),
            ("    command:\n      - gunicorn\n      - -w\n      - '4'\n      - app:app\n", (4, 5)),
            ("    command:\n    - gunicorn\n    - --workers=4\n    environment:\n    - A=b\n", (4, 5)),
            ("    command: >\n      gunicorn\n      -w 4\n\n      app:app\n", (4, 5)),
            ("    command: |\n      flask db upgrade\n      gunicorn -w 4 \\\n        app:app\n", (4, 6)),
            ("    environment:\n      WEB_CONCURRENCY: '4'\n", (4, 5)),
            ("    environment:\n      - WEB_CONCURRENCY=${N:-4}\n", (4, 5)),
            ("    environment:\n      # WEB_CONCURRENCY: 4\n      GUNICORN_CMD_ARGS: --threads 4\n", None),
            ("    environment:\n      N: 4\n    command: gunicorn -w $N app:app\n", (4, 6)),
            ("    command: celery -A shop worker -c 4\n", None),
            ("    # gunicorn\n    command: |", None),
            ("    container_name: gunicorn\n    image: gunicorn\n    depends_on:\n      - gunicorn\n", None),
        ],
    )
    def test_compose_has_commands_in_many_forms(self, command: str, wanted: tuple[int, int] | None) -> None:
        """One line, arrays, lists, folded and literal text are one command each."""
        assert said("docker-compose.yml", "services:\n  web:\n    build: .\n" + command) == wanted


class TestSettings:
    """Configuration files of servers."""

    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            ("bind = ':80'\nworkers = 4\n", (4, 2)),
            ("bind = ':80'\nthreads = 4\n", (1, 1)),
            ("import os\nworkers = int(os.getenv('WORKERS', '4'))\n", (4, 2)),
            ("import os\nworkers = int(os.environ.get('WORKERS', 4))\n", (4, 2)),
            ("import os\nworkers = int(os.environ['WORKERS'])\n", (None, 2)),
            ("import os\nworkers = os.environ.get('WORKERS')\n", (None, 2)),
            ("from os import getenv\nworkers = int(getenv('WORKERS') or 2)\n", (2, 2)),
            ("import multiprocessing\nworkers = multiprocessing.cpu_count() * 2 + 1\n", (None, 2)),
            ("n = os.environ.get('N')\nworkers = int(n) if n else 1\n", (1, 2)),
            ("N = 3\nworkers = N\n", (3, 2)),
            ("workers = workers\n", (None, 1)),
            ("workers = max(2, n)\n", (None, 1)),
            ("workers = 'many'\n", (None, 1)),
            ("workers: int = 4\nbacklog: int\n", (4, 1)),
            ("gunicorn.workers = 3\n", (1, 1)),
            ("workers = (", None),
            ("workers = '\\d'\0", None),
            ("workers = '\\d'", (None, 1)),
        ],
    )
    def test_gunicorns_configuration_is_read_and_not_run(
        self, text: str, wanted: tuple[int | None, int] | None
    ) -> None:
        """A literal, the default of an environment variable or a name counts; what is computed is several."""
        assert said("gunicorn.conf.py", text) == wanted
        assert said("conf/gunicorn_config.py", text) == wanted

    def test_a_conf_file_may_be_python_or_a_unit(self) -> None:
        """gunicorn.conf is Python for some and a program of supervisor for others."""
        assert said("gunicorn.conf", "workers = 2\nbind = ':80'\n") == (2, 1)
        assert said("gunicorn.conf", "[program:web]\ncommand=gunicorn -w 3 a:b\n") == (3, 2)

    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            ("[uwsgi]\nmodule = app:app\nprocesses = 4\nthreads = 2\n", (4, 3)),
            ("[uwsgi]\nworkers=4\n", (4, 2)),
            ("[uwsgi]\nprocesses = %k\n", (None, 2)),
            ("[uwsgi]\nprocesses = $(N)\n", (None, 2)),
            ("# x\n[uwsgi]\nmaster = true\n; processes = 4\n", (1, 2)),
            ("[other]\nprocesses = 4\n", None),
        ],
    )
    def test_uwsgi_has_an_ini_file(self, text: str, wanted: tuple[int | None, int] | None) -> None:
        """The section uwsgi says how many; without a word it is one."""
        assert said("deploy/uwsgi.ini", text) == wanted


class TestReplicas:
    """Several containers of the app."""

    @pytest.mark.parametrize(
        ("service", "wanted"),
        [
            ("  web:\n    build: .\n    deploy:\n      replicas: 3\n", (3, 5)),
            ("  web:\n    build: .\n    scale: 2 # two\n", (2, 4)),
            ("  web:\n    image: shop\n\n    # more\n    deploy:\n      replicas: ${REPLICAS:-2}\n", (2, 7)),
            ("  web:\n    image: shop\n    deploy:\n      replicas: ${REPLICAS}\n", (None, 5)),
            ("  web:\n    build: .\n    deploy:\n      replicas: 1\n", None),
            ("  web:\n    build: .\n    deploy:\n      replicas: many\n", None),
            ("  tasks:\n    build: .\n    command: celery -A x worker\n    scale: 4\n", None),
            ("  worker:\n    build: .\n    scale: 4\n", None),
            ("  cache:\n    image: redis:7\n    scale: 4\n", None),
            ("  site:\n    build: ./frontend\n    scale: 4\n", None),
            (
                "  api:\n    build: .\n    environment:\n      REDIS_URL: x\n    scale: 4\n  db:\n    image: postgres\n",
                (4, 6),
            ),
        ],
    )
    def test_several_containers_of_a_service_are_several_processes(
        self, service: str, wanted: tuple[int | None, int] | None
    ) -> None:
        """Replicas of the app count; those of databases, task queues and the front end do not."""
        assert said("compose.yaml", f"services:\n{service}volumes:\n  web:\n    scale: 9\n") == wanted

    def test_services_may_come_last(self) -> None:
        """The last service of a file is read like the others."""
        assert said("docker-compose.yml", "version: '3'\nservices:\n  db:\n    image: x\n  web:\n    scale: 5") == (
            5,
            6,
        )

    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            ("kind: Deployment\nmetadata:\n  name: shop\nspec:\n  replicas: 3\n", (3, 5)),
            ("kind: Service\nspec:\n  replicas: 3\n---\nkind: StatefulSet\nspec:\n  replicas: 2\n", (2, 7)),
            ("kind: Deployment\nmetadata:\n  name: shop-worker\nspec:\n  replicas: 3\n", None),
            ("kind: Deployment\nspec:\n  replicas: 3\n  template:\n    - image: nginx\n", None),
            ("kind: Deployment\nspec:\n  replicas: {{ .Values.replicas }}\n", None),
            ("kind: Deployment\nspec:\n  replicas: 1\n  template:\n    - command: ['gunicorn', '-w', '2']\n", (2, 5)),
        ],
    )
    def test_kubernetes_has_replicas_too(self, text: str, wanted: tuple[int, int] | None) -> None:
        """A workload that may be the app counts, and so does the command in it."""
        assert said("deploy/k8s/shop.yml", text) == wanted
        assert said("docs/shop.yml", text) is None


class TestTogether:
    """Several files, and none."""

    def test_production_counts_more_than_rehearsal(self) -> None:
        """What is for tests or development is asked only where there is nothing else."""
        files = {"docker-compose.test.yml": b"services:\n  web:\n    command: gunicorn -w 8 a:b\n"}
        assert workers(files) == Workers(8, "docker-compose.test.yml", 3)
        assert workers({**files, "Procfile": b"web: gunicorn a:b"}) == Workers(1, "Procfile", 1)

    def test_several_count_more_than_one_and_a_number_more_than_several(self) -> None:
        """The place that is named is the best evidence of several processes."""
        files = {"Procfile": b"web: gunicorn a:b", "boot.sh": b"gunicorn -w $N a:b"}
        assert workers(files) == Workers(None, "boot.sh", 1)
        assert workers({**files, "gunicorn.conf.py": b"workers = 2"}) == Workers(2, "gunicorn.conf.py", 1)

    def test_a_configuration_file_answers_for_the_command(self) -> None:
        """A command that names its configuration leaves the number to it."""
        files = {"Dockerfile": b'CMD ["gunicorn", "-c", "gunicorn.conf.py"]', "gunicorn.conf.py": b"workers = 4"}
        assert workers(files) == Workers(4, "gunicorn.conf.py", 1)

    def test_nothing_is_no_answer(self) -> None:
        """Where nothing deploys the app, nothing is known."""
        assert workers({}) is None
        assert workers({"app.py": b"gunicorn -w 4", "README.md": b"gunicorn -w 4"}) is None

    @pytest.mark.parametrize(
        "path",
        [
            *(
                "Procfile",
                "Procfile.dev",
                "Dockerfile",
                "web.dockerfile",
                "docker/Dockerfile-prod",
                "start.sh",
                "x.service",
            ),
            *(
                "docker-compose.prod.yml",
                "compose.yaml",
                "gunicorn.conf.py",
                "uwsgi.ini",
                "etc/supervisord.conf",
                "bin/boot",
            ),
            *("app.yaml", "supervisor/conf.d/x.conf", "k8s/x.yaml"),
        ],
    )
    def test_files_that_deploy_are_known_by_name(self, path: str) -> None:
        """Each kind of file is recognised by its name."""
        assert deploys(path)

    @pytest.mark.parametrize(
        "path", ["app.py", "config.yml", "docs/compose.md", "nginx.conf", "alembic.ini", "LICENSE"]
    )
    def test_other_files_do_not_deploy(self, path: str) -> None:
        """Code, settings of other tools and prose are not read for it."""
        assert not deploys(path)

    @given(
        st.sampled_from(
            ["run.sh", "Dockerfile", "compose.yml", "gunicorn.conf.py", "uwsgi.ini", "supervisord.conf", "k8s/a.yml"]
        ),
        st.lists(
            st.sampled_from(WORDS.split())
            | st.sampled_from([" ", "  ", "\n", "\t", "\x00", "\udc00", "kind: Deployment", "scale: 2"])
        ),
    )
    def test_no_text_raises(self, path: str, pieces: list[str]) -> None:
        """Whatever stands in such a file, the answer is a number of processes that makes sense, several, or none."""
        found = workers({path: "".join(pieces).encode("utf-8", "surrogatepass")})
        assert found is None or (found.path == path and found.line >= 1 and (found.count is None or found.count >= 0))
