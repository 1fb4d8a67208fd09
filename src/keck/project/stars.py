"""What a star import of a library binds: ``from flask import *``."""

from __future__ import annotations

from keck.project.things import KINDS

_WRITTEN = {
    "flask": """
        Blueprint Config Flask Markup Request Response abort after_this_request app appcontext_popped
        appcontext_pushed appcontext_tearing_down before_render_template blueprints cli config
        copy_current_request_context ctx current_app escape flash g get_flashed_messages get_template_attribute
        globals got_request_exception has_app_context has_request_context helpers json jsonify logging
        make_response message_flashed redirect render_template render_template_string request request_finished
        request_started request_tearing_down safe_join send_file send_from_directory session sessions signals
        stream_template stream_template_string stream_with_context template_rendered templating url_for views
        wrappers""",
    "flask_caching": "Cache CachedResponse SUPPORTED_HASH_FUNCTIONS function_namespace make_template_fragment_key",
    "flask_cors": "CORS cross_origin core decorator extension version",
    "flask_jwt_extended": """
        JWTManager create_access_token create_refresh_token current_user decode_token fresh_jwt_required
        get_csrf_token get_current_user get_jti get_jwt get_jwt_claims get_jwt_header get_jwt_identity
        get_jwt_request_location get_raw_jwt get_unverified_jwt_headers jwt_manager jwt_optional
        jwt_refresh_token_required jwt_required set_access_cookies set_refresh_cookies unset_access_cookies
        unset_jwt_cookies unset_refresh_cookies utils verify_fresh_jwt_in_request verify_jwt_in_request
        verify_jwt_in_request_optional verify_jwt_refresh_token_in_request view_decorators""",
    "flask_limiter": """
        ExemptionScope HeaderNames Limit ApplicationLimit MetaLimit RouteLimit Limiter RateLimitExceeded
        RequestLimit constants errors util""",
    "flask_login": """
        AUTH_HEADER_NAME AnonymousUserMixin COOKIE_DURATION COOKIE_HTTPONLY COOKIE_NAME COOKIE_SECURE
        FlaskLoginClient ID_ATTRIBUTE LOGIN_MESSAGE LOGIN_MESSAGE_CATEGORY LoginManager REFRESH_MESSAGE
        REFRESH_MESSAGE_CATEGORY UserMixin confirm_login current_user decode_cookie encode_cookie
        fresh_login_required login_fresh login_remembered login_required login_url login_user logout_user
        make_next_param set_login_view user_accessed user_loaded_from_cookie user_loaded_from_header
        user_loaded_from_request user_logged_in user_logged_out user_login_confirmed user_needs_refresh
        user_unauthorized""",
    "flask_mail": """
        Attachment BadHeaderError Connection FlaskMailUnicodeDecodeError Mail Message email_dispatched
        sanitize_address sanitize_addresses""",
    "flask_migrate": """
        Config Migrate branches current downgrade edit heads history init merge migrate revision show stamp
        upgrade""",
    "flask_restful": """
        Api OrderedDict Resource abort current_app fields inputs marshal marshal_with marshal_with_field
        representations request reqparse unpack url_for utils""",
    "flask_sqlalchemy": """
        BaseQuery Model Pagination SQLAlchemy SignallingSession get_debug_queries get_state models_committed
        before_models_committed model""",
}  # fmt: skip
_EXPORTS = {library: frozenset(names.split()) for library, names in _WRITTEN.items()}


def exported(library: str, name: str) -> bool | None:
    """Whether a star import of a library binds a name; None for a library of Flask's world that is not known here.

    Source of the names: what the packages import or define at their top level, over their versions.
    """
    if library in _EXPORTS:
        return name in _EXPORTS[library]
    if f"{library}.{name}" in KINDS:
        return True
    return None if library.startswith("flask") else False
