/** Every address of the app, and the functions that build them. */
export const paths = {
  myRequests: '/',
  newRequest: '/requests/new',
  /** the form, to go on after the access of that request */
  extend: (id: string) => `/requests/new?extend=${encodeURIComponent(id)}`,
  /** the form, filled in as that request was */
  repeat: (id: string) => `/requests/new?repeat=${encodeURIComponent(id)}`,
  request: (id: string) => `/requests/${encodeURIComponent(id)}`,
  reviews: '/reviews',
  decidedReviews: '/reviews?state=decided',
  unreviewed: '/reviews?state=unreviewed',
  invite: '/invitations/new',
  audit: '/audit',
  auditSessions: '/audit/sessions',
  operations: '/operations',
  signedOut: '/signed-out',
  callback: '/callback',
  popupCallback: '/popup-callback',
} as const;

/** Addresses that belong to signing in and out: nobody is ever sent back to one. */
const passing: readonly string[] = [paths.signedOut, paths.callback, paths.popupCallback];

/**
 * Where to go after sign-in: the path, query and fragment of `text` if it is an address of this app, else `/`.
 * NB. `//host` and `/\host` are another site's addresses, and a browser drops tabs and line breaks before it looks;
 * so the parsed address is judged, never the text alone.
 * @param origin of this app, as in `location.origin`
 */
export function safeReturnTo(text: unknown, origin: string): string {
  if (typeof text !== 'string' || !/^\/(?![/\\])/.test(text) || !URL.canParse(text, origin)) {
    return paths.myRequests;
  }
  const url = new URL(text, origin);
  if (url.origin !== origin || passing.includes(url.pathname) || url.pathname.startsWith('//')) {
    return paths.myRequests;
  }
  return `${url.pathname}${url.search}${url.hash}`;
}
