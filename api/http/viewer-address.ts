import type { APIGatewayProxyEvent } from 'aws-lambda';
import { z } from 'zod';
import { viewerAddressHeader } from '../routes.ts';
import { headerValues } from './header-values.ts';

/** Who says where somebody calls from: API Gateway itself, or what stands before it. */
export type AddressSource = 'direct' | 'cloudfront' | 'load-balancer';

/** NB. No zone of an IPv6 address, no port, no name. */
const address = z.union([z.ipv4(), z.ipv6()]);

/**
 * The address that the person calls from, as it goes on record; '' where it is not known for certain. NB. Everybody
 * writes into headers what they like. Only what stands between us and them is believed, only of the one header that it
 * writes, and nothing is put together from parts: an address that is not known is better than somebody else's.
 */
export function viewerAddress(
  from: AddressSource,
  { multiValueHeaders, requestContext }: APIGatewayProxyEvent,
): string {
  const caller = requestContext.identity.sourceIp;
  const headers = multiValueHeaders ?? {};
  switch (from) {
    case 'direct':
      return addressOrNone([caller]);
    case 'cloudfront':
      // Its function sets it over whatever the caller sent; nothing else gets past the web ACL.
      return addressOrNone(headerValues(headers, viewerAddressHeader));
    case 'load-balancer':
      return addressOrNone(lastOf(headerValues(headers, 'X-Forwarded-For'), caller));
  }
}

/**
 * Elastic Load Balancing User Guide, "HTTP headers and Application Load Balancers": it adds whom it heard from at the
 * end, behind whatever the caller sent. API Gateway adds whom it heard from behind that, and that is the load balancer.
 */
function lastOf(values: readonly string[], loadBalancer: string): string[] {
  const [list, ...others] = values;
  // Which of several was continued is nowhere said.
  if (list === undefined || others.length > 0) return [];
  const hops = list.split(',').map((hop) => hop.trim());
  return hops.slice(hops.at(-1) === loadBalancer ? -2 : -1).slice(0, 1);
}

function addressOrNone(values: readonly string[]): string {
  const [value, ...others] = values;
  return others.length === 0 && address.safeParse(value).success ? String(value) : '';
}
