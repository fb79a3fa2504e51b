import { expect, test } from 'vitest';
import { sentences } from '../../api/http/identity-errors.ts';
import { gatewayResponses } from '../../api/routes.ts';
import { type GatewayResponse, gatewayHeaders, gatewayTemplate } from '../../infra/gateway-answers.ts';

const types = Object.keys(gatewayResponses) as GatewayResponse[];

test.each(types)('%s is a problem document, also with what API Gateway puts into it', (type) => {
  expect(JSON.parse(gatewayTemplate(type))).toEqual({
    type: 'about:blank',
    title: expect.stringMatching(/^[A-Z]/),
    status: gatewayResponses[type].status,
    code: expect.stringMatching(/^([a-z-]+|\$context\.authorizer\.code)$/),
    detail: expect.stringMatching(/^([A-Z].*\.|\$context\.authorizer\.detail)$/),
    evidence: {},
    correlationId: '$context.requestId',
  });
});

test.each(Object.entries(sentences))('the sentence of %s can be put into JSON as it is', (code, sentence) => {
  const filled = gatewayTemplate('ACCESS_DENIED')
    .replace('$context.authorizer.detail', () => sentence)
    .replace('$context.authorizer.code', code);
  expect(JSON.parse(filled)).toMatchObject({ code, detail: sentence });
});

test.each(types)('%s is neither cached nor rendered, and says when to come again', (type) => {
  const { status } = gatewayResponses[type];
  expect(gatewayHeaders(type)).toMatchObject({
    'cache-control': 'no-store',
    'content-type': 'application/problem+json',
    'x-content-type-options': 'nosniff',
    ...(status === 503 && { 'retry-after': '2' }),
  });
});
