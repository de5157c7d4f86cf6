import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { secureHeaders } from 'hono/secure-headers';

/** No page asks another host for anything, none shows in another page's frame, and forms go nowhere else. */
export const headers: MiddlewareHandler = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'self'"],
    objectSrc: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
  },
  // Without one at all, a form would be sent with the origin "null".
  referrerPolicy: 'same-origin',
  // Of no use without TLS.
  strictTransportSecurity: false,
});

/**
 * Lets through only who has the token, which the address has that the board prints, and after that a cookie. Another page in
 * the same browser has neither: it is of another origin, or comes by another name for this machine.
 * @param port of the board
 */
export function guard(token: string, port: () => number): MiddlewareHandler {
  return async (c, next) => {
    // A page holds the secret of its forms.
    c.header('cache-control', 'no-store');
    const hosts = [`127.0.0.1:${port()}`, `localhost:${port()}`];
    const host = c.req.header('host') ?? '';
    if (!hosts.includes(host)) return c.text('This board has another address.', 403);
    const origin = c.req.header('origin');
    // HEAD is answered as GET is, and events that nobody hears would never end.
    const isAsked = c.req.method === 'GET';
    if (origin === undefined ? !isAsked : origin !== `http://${host}`)
      return c.text('Another page may not ask for this.', 403);
    // Cookies do not tell ports apart.
    const cookie = `aep-board-${port()}`;
    const given = c.req.query('token');
    if (given !== undefined && isEqual(given, token)) {
      setCookie(c, cookie, token, { httpOnly: true, sameSite: 'Strict', path: '/' });
      const { pathname, searchParams } = new URL(c.req.url);
      searchParams.delete('token');
      const query = searchParams.toString();
      return c.redirect(query === '' ? pathname : `${pathname}?${query}`, 303);
    }
    if (!isEqual(getCookie(c, cookie) ?? '', token))
      return c.text('Open the address that "temporal aep board" has printed: it has a token.', 401);
    return next();
  };
}

/** Takes as long whatever is equal. */
function isEqual(given: string, wanted: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(wanted));
}
