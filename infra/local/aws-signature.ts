import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { AwsRefusal } from './aws-refusal.ts';

/** Long-term or temporary credentials and whom they belong to. */
export interface Principal {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** the Lambda's name, or the assumed role's ARN */
  readonly name: string;
}

export interface SignatureScope {
  readonly service: string;
  readonly region: string;
  /** epoch milliseconds */
  readonly now: () => number;
  principal(accessKeyId: string): Principal | undefined;
}

const form =
  /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/(\d{8})\/([^/,\s]+)\/([^/,\s]+)\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/;
const clockToleranceMs = 5 * 60_000;

/**
 * Who signed this request: Signature Version 4 in the Authorization header (IAM User Guide, "Create a signed AWS API
 * request"). Enough for what the SDK sends to the local endpoints: POST, a path without escapes, no query.
 * @throws AwsRefusal with AWS's code
 */
export function verifySignature(request: IncomingMessage, body: Buffer, scope: SignatureScope): Principal {
  const authorization = request.headers.authorization;
  if (authorization === undefined) {
    throw new AwsRefusal(403, 'MissingAuthenticationToken', 'Request is missing Authentication Token');
  }
  const [, accessKeyId = '', day = '', region = '', service = '', signed = '', signature = ''] =
    form.exec(authorization) ?? [];
  if (signature === '') {
    throw new AwsRefusal(400, 'IncompleteSignature', 'Authorization header is not a Signature Version 4.');
  }
  const principal = scope.principal(accessKeyId);
  if (principal === undefined || request.headers['x-amz-security-token'] !== principal.sessionToken) {
    throw new AwsRefusal(
      403,
      'InvalidClientTokenId',
      'The security token included in the request is invalid.',
    );
  }
  const at = String(request.headers['x-amz-date']);
  if (region !== scope.region || service !== scope.service)
    mismatch('Credential should be scoped correctly.');
  if (!at.startsWith(day))
    mismatch('Date in Credential scope does not match YYYYMMDD from ISO-8601 version.');
  if (!(Math.abs(scope.now() - epochMsOf(at)) <= clockToleranceMs)) mismatch(`Signature expired: ${at}.`);
  const names = signed.split(';');
  for (const needed of ['host', 'x-amz-date', 'x-amz-security-token']) {
    if (!names.includes(needed)) mismatch(`'${needed}' must be a 'SignedHeader'.`);
  }
  const canonical = canonicalRequest(request, names, body);
  const scopeText = `${day}/${region}/${service}/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', at, scopeText, sha256(canonical)].join('\n');
  const expected = hmac(signingKey(principal.secretAccessKey, day, region, service), text);
  if (!timingSafeEqual(expected, Buffer.from(signature, 'hex'))) {
    mismatch('The request signature we calculated does not match the signature you provided.');
  }
  return principal;
}

function canonicalRequest(request: IncomingMessage, names: string[], body: Buffer): string {
  const headers = names.map((name) => `${name}:${String(request.headers[name]).trim().replace(/ +/g, ' ')}`);
  return [request.method, request.url, '', ...headers, '', names.join(';'), sha256(body)].join('\n');
}

function signingKey(secret: string, day: string, region: string, service: string): Buffer {
  return [day, region, service, 'aws4_request'].reduce<Buffer>(hmac, Buffer.from(`AWS4${secret}`));
}

function mismatch(message: string): never {
  throw new AwsRefusal(403, 'SignatureDoesNotMatch', message);
}

/** `20261123T093000Z` */
function epochMsOf(basicFormat: string): number {
  return Date.parse(basicFormat.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\dZ)$/, '$1-$2-$3:$4:$5'));
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
