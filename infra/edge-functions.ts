import { viewerAddressHeader } from '../api/routes.ts';

/** What runs at CloudFront before a request goes on ("cloudfront-js-2.0"), as text: nothing compiles it. */

/** Every address of the app is its one page; what has an ending, or stands below `/assets/`, is a file. */
export const onePage = `function handler(event) {
  var request = event.request;
  var name = request.uri.split('/').pop();
  if (!request.uri.startsWith('/assets/') && !name.includes('.')) request.uri = '/index.html';
  return request;
}
`;

/**
 * To the API, with who calls as CloudFront saw it, without the port. NB. It writes over whatever the caller sent; it is
 * true for whoever only lets CloudFront in.
 */
export const pass = `function handler(event) {
  var request = event.request;
  request.headers['${viewerAddressHeader}'] = { value: event.viewer.ip };
  return request;
}
`;
