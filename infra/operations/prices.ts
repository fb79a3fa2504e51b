/**
 * What AWS asks, in US dollars: list prices of US East (N. Virginia), looked up in November 2026. NB. Prices change and
 * differ by region; no free tier, discount or tax is in them. `page` is the name of AWS's page that has the price.
 */
export interface Price {
  readonly usd: number;
  /** for so many */
  readonly per: number;
  readonly of: string;
  readonly page: string;
}

const million = 1_000_000;

export const prices = {
  apiCall: { usd: 3.5, per: million, of: 'calls of a REST API', page: 'Amazon API Gateway pricing' },
  invocation: { usd: 0.2, per: million, of: 'invocations', page: 'AWS Lambda pricing' },
  computing: { usd: 0.0000133334, per: 1, of: 'GB-seconds, Arm', page: 'AWS Lambda pricing' },
  writeUnit: { usd: 0.625, per: million, of: 'write request units', page: 'Pricing for On-Demand Capacity' },
  readUnit: { usd: 0.125, per: million, of: 'read request units', page: 'Pricing for On-Demand Capacity' },
  stored: { usd: 0.25, per: 1, of: 'GB-months of a table', page: 'Pricing for On-Demand Capacity' },
  backedUp: {
    usd: 0.2,
    per: 1,
    of: 'GB-months of point-in-time recovery',
    page: 'Pricing for On-Demand Capacity',
  },
  pageRequest: { usd: 1, per: million, of: 'HTTPS requests', page: 'Amazon CloudFront pricing' },
  edgeFunction: {
    usd: 0.1,
    per: million,
    of: 'runs of a CloudFront Function',
    page: 'Amazon CloudFront pricing',
  },
  transfer: { usd: 0.085, per: 1, of: 'GB to the internet', page: 'Amazon CloudFront pricing' },
  webAcl: { usd: 5, per: 1, of: 'web ACLs a month', page: 'AWS WAF pricing' },
  webAclRule: { usd: 1, per: 1, of: 'rules a month', page: 'AWS WAF pricing' },
  inspected: { usd: 0.6, per: million, of: 'requests inspected', page: 'AWS WAF pricing' },
  key: { usd: 1, per: 1, of: 'keys a month', page: 'AWS KMS pricing' },
  keyUse: { usd: 0.03, per: 10_000, of: 'calls of KMS', page: 'AWS KMS pricing' },
  secret: { usd: 0.4, per: 1, of: 'secrets a month', page: 'AWS Secrets Manager pricing' },
  alarm: { usd: 0.1, per: 1, of: 'alarms a month', page: 'Amazon CloudWatch pricing' },
  dashboard: { usd: 3, per: 1, of: 'dashboards a month', page: 'Amazon CloudWatch pricing' },
  metric: { usd: 0.3, per: 1, of: 'custom metrics a month', page: 'Amazon CloudWatch pricing' },
  logged: { usd: 0.5, per: 1, of: 'GB of logs taken in', page: 'Amazon CloudWatch pricing' },
  loggedStored: { usd: 0.03, per: 1, of: 'GB-months of logs', page: 'Amazon CloudWatch pricing' },
  published: { usd: 0.5, per: million, of: 'messages to a topic', page: 'Amazon SNS pricing' },
  mailedByTopic: { usd: 2, per: 100_000, of: 'mails of a topic', page: 'Amazon SNS pricing' },
  mailed: { usd: 0.1, per: 1000, of: 'mails', page: 'Amazon SES pricing' },
  event: { usd: 1, per: million, of: 'events of a bus', page: 'Amazon EventBridge pricing' },
  endpointHour: { usd: 0.01, per: 1, of: 'hours of an endpoint in a zone', page: 'AWS PrivateLink pricing' },
  balancerHour: {
    usd: 0.0225,
    per: 1,
    of: 'hours of a load balancer',
    page: 'Elastic Load Balancing pricing',
  },
} as const satisfies Record<string, Price>;

export type PriceName = keyof typeof prices;

/** US dollars for so much of it. */
export function priceOf(name: PriceName, amount: number): number {
  return (amount * prices[name].usd) / prices[name].per;
}
