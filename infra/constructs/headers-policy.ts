import { Duration } from 'aws-cdk-lib';
import {
  HeadersFrameOption,
  HeadersReferrerPolicy,
  ResponseHeadersPolicy,
  type ResponseSecurityHeadersBehavior,
} from 'aws-cdk-lib/aws-cloudfront';
import type { Construct } from 'constructs';

/** CloudFront takes some headers only as settings of its own, so that nobody can set them twice. */
const settings: Readonly<Record<string, (value: string) => ResponseSecurityHeadersBehavior>> = {
  'Content-Security-Policy': (contentSecurityPolicy) => ({
    contentSecurityPolicy: { contentSecurityPolicy, override: true },
  }),
  'X-Content-Type-Options': () => ({ contentTypeOptions: { override: true } }),
  'X-Frame-Options': (value) => ({
    frameOptions: { frameOption: optionOf(HeadersFrameOption, value), override: true },
  }),
  'Referrer-Policy': (value) => ({
    referrerPolicy: { referrerPolicy: optionOf(HeadersReferrerPolicy, value), override: true },
  }),
  'Strict-Transport-Security': (value) => ({
    strictTransportSecurity: {
      accessControlMaxAge: Duration.seconds(Number(/^max-age=(\d+)/.exec(value)?.[1])),
      includeSubdomains: value.includes('includeSubDomains'),
      override: true,
    },
  }),
};

/** Exactly these headers, in place of what the origin says. */
export function headersPolicy(
  scope: Construct,
  id: string,
  headers: Readonly<Record<string, string>>,
): ResponseHeadersPolicy {
  const own = Object.entries(headers).filter(([name]) => name in settings);
  const custom = Object.entries(headers).filter(([name]) => !(name in settings));
  return new ResponseHeadersPolicy(scope, id, {
    securityHeadersBehavior: Object.assign({}, ...own.map(([name, value]) => settings[name]?.(value))),
    ...(custom.length > 0 && {
      customHeadersBehavior: {
        customHeaders: custom.map(([header, value]) => ({ header, value, override: true })),
      },
    }),
  });
}

function optionOf<Option extends string>(options: Readonly<Record<string, Option>>, value: string): Option {
  const option = Object.values(options).find((one) => one === value);
  if (option === undefined) throw new Error(`CloudFront does not know ${value}.`);
  return option;
}
