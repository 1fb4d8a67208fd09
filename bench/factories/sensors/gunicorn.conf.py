wsgi_app = "wsgi:application"
bind = "0.0.0.0:5050"
workers = 1
