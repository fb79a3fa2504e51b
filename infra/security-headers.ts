/**
 * The headers of every page and file that the browser gets from the app's origin: one value for CloudFront and for the
 * local gateway. NB. Nothing is cached but the files below `/assets/`, which override it: their names carry a hash of
 * what is in them, nothing of anybody is in them, and without them every page would load a megabyte anew.
 * @param providerOrigins of the OpenID provider, the only other places that the page may talk to
 * @param https NB. HSTS over plain http means nothing to a browser, and on `localhost` it would lock out other projects.
 */
export function securityHeaders(providerOrigins: readonly string[], https: boolean): Record<string, string> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src ${["'self'", ...providerOrigins].join(' ')}`,
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ];
  return {
    'Cache-Control': 'no-store',
    'Content-Security-Policy': policy.join('; '),
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    // Popups are the console tab (its opener is severed by the page) and the sign-in that keeps a half-filled form.
    'Cross-Origin-Opener-Policy': 'same-origin-allow-popups',
    'Cross-Origin-Resource-Policy': 'same-origin',
    ...(https ? { 'Strict-Transport-Security': 'max-age=63072000; includeSubDomains' } : {}),
  };
}
