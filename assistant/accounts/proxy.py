"""A user named by the proxy in front (OpenID Connect, SAML, Kerberos are its work): believed with the shared secret only.

The proxy must remove both headers from what comes to it and set them itself. The named user needs an account here,
which gives the roles; the account's own password is not asked for.
"""

import hmac
from collections.abc import Mapping

from assistant.accounts.principal import Principal
from assistant.accounts.users import Users
from assistant.trust import TrustSettings

SECRET_HEADER = "x-superbill-proxy-secret"


def proxied(headers: Mapping[str, str], settings: TrustSettings, users: Users) -> Principal | None:
    """Who the proxy says is there; None without its secret, without a name, or without an account that is in use.

    `headers` have lower-case names.
    """
    if not settings.proxy_secret:
        return None
    shown = headers.get(SECRET_HEADER, "")
    if not hmac.compare_digest(shown.encode("utf-8", "replace"), settings.proxy_secret.encode()):
        return None
    name = headers.get(settings.proxy_header, "")
    user = users.get(name) if name else None
    return None if user is None or user.disabled else user.principal
