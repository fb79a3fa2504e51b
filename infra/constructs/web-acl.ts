import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnLoggingConfiguration, CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { tokenHeaders, viewerAddressHeader } from '../../api/routes.ts';
import type { Store } from './store.ts';

export interface WebAclProps {
  readonly name: string;
  readonly store: Store;
  readonly rest: RestApi;
  /** what the distribution, and nobody else, sends; undefined where no distribution stands before the API */
  readonly origin?: { readonly header: string; readonly secret: string } | undefined;
  /** requests in five minutes; a page of the app makes about five, and asks anew when it is looked at */
  readonly mostOfOneAddress: number;
  readonly logRetention: RetentionDays;
}

/**
 * What gets as far as the API. NB. Managed rules that look into bodies and queries only count: what people write there
 * is why they need a role and what they look for, and that may well be a script, a path or an address. It reaches no
 * shell, no template and no SQL, and pages show it as text.
 */
export class WebAcl extends Construct {
  readonly acl: CfnWebACL;

  constructor(scope: Construct, id: string, props: WebAclProps) {
    super(scope, id);
    const rules = [
      ...ofTheDistribution(props),
      managed('AWSManagedRulesCommonRuleSet', [
        'CrossSiteScripting_BODY',
        'CrossSiteScripting_QUERYARGUMENTS',
        'EC2MetaDataSSRF_BODY',
        'EC2MetaDataSSRF_QUERYARGUMENTS',
        'GenericLFI_BODY',
        'GenericLFI_QUERYARGUMENTS',
        'GenericRFI_BODY',
        'GenericRFI_QUERYARGUMENTS',
        'RestrictedExtensions_QUERYARGUMENTS',
        'SizeRestrictions_BODY',
        'SizeRestrictions_QUERYSTRING',
      ]),
      managed('AWSManagedRulesKnownBadInputsRuleSet', [
        'JavaDeserializationRCE_BODY',
        'JavaDeserializationRCE_QUERYSTRING',
        'Log4JRCE_BODY',
        'Log4JRCE_QUERYSTRING',
      ]),
      bodyIsNotHuge(),
    ];
    this.acl = new CfnWebACL(this, 'Acl', {
      name: props.name,
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: seenAs(metricOf(props.name)),
      rules: rules.map((rule, priority) => ({ ...rule, priority })),
    });
    new CfnWebACLAssociation(this, 'OnTheStage', {
      resourceArn: props.rest.deploymentStage.stageArn,
      webAclArn: this.acl.attrArn,
    });
    this.log(props);
  }

  /** What was blocked or counted. NB. Tokens and the origin's secret are in every request. */
  private log({ name, store, logRetention, origin }: WebAclProps): void {
    const logGroupName = webAclLogName(name);
    const group = new LogGroup(this, 'Log', {
      logGroupName,
      retention: logRetention,
      encryptionKey: store.key,
      // NB. Its name is always the same: what a failed first deployment left would be in the way of the second.
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    const secret = [...Object.values(tokenHeaders), ...(origin ? [origin.header] : [])];
    const arn = Stack.of(this).formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: logGroupName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const logging = new CfnLoggingConfiguration(this, 'Logging', {
      resourceArn: this.acl.attrArn,
      // NB. Not what CloudFormation says, whose ':*' at the end is refused here.
      logDestinationConfigs: [arn],
      redactedFields: [
        ...secret.map((header) => ({ singleHeader: { Name: header.toLowerCase() } })),
        { queryString: {} },
      ],
      loggingFilter: {
        DefaultBehavior: 'DROP',
        Filters: ['BLOCK', 'COUNT', 'EXCLUDED_AS_COUNT'].map((Action) => ({
          Behavior: 'KEEP',
          Requirement: 'MEETS_ANY',
          Conditions: [{ ActionCondition: { Action } }],
        })),
      },
    });
    logging.node.addDependency(group);
  }
}

/** AWS WAF delivers only to log groups that are named so. @param name of the deployment */
export function webAclLogName(name: string): string {
  return `aws-waf-logs-${name}`;
}

/** NB. By its deployment: what has the same name in a region is one metric. */
function metricOf(name: string): string {
  return `${name}-api`;
}

/**
 * How much a rule has blocked; `ALL`: all of them. AWS WAF Developer Guide, "AWS WAF metrics and dimensions": known by the
 * names of their metrics, which `seenAs` gives.
 */
export function blockedBy(name: string, Rule: string, Region: string): Metric {
  return new Metric({
    namespace: 'AWS/WAFV2',
    metricName: 'BlockedRequests',
    dimensionsMap: { WebACL: metricOf(name), Rule, Region },
    statistic: Stats.SUM,
    period: Duration.minutes(5),
    label: Rule,
  });
}

/** NB. Where there is none, the load balancer has the limit: it hears from people, and the API only from it. */
function ofTheDistribution({ origin, mostOfOneAddress }: WebAclProps): Rule[] {
  return origin ? [onlyFromTheDistribution(origin), notTooOften(mostOfOneAddress, true)] : [];
}

type Rule = Omit<CfnWebACL.RuleProperty, 'priority'>;

function seenAs(metricName: string): CfnWebACL.VisibilityConfigProperty {
  // NB. Sampled requests would show headers that the log leaves out.
  return { cloudWatchMetricsEnabled: true, sampledRequestsEnabled: false, metricName };
}

/** Whoever knows the API's own address still has to come by the distribution. */
function onlyFromTheDistribution({ header, secret }: { header: string; secret: string }): Rule {
  return {
    name: 'only-from-the-distribution',
    action: { block: {} },
    visibilityConfig: seenAs('only-from-the-distribution'),
    statement: {
      notStatement: {
        statement: {
          byteMatchStatement: {
            fieldToMatch: { singleHeader: { Name: header } },
            positionalConstraint: 'EXACTLY',
            searchString: secret,
            textTransformations: [{ priority: 0, type: 'NONE' }],
          },
        },
      },
    },
  };
}

/** @param behind a distribution: the caller of the API is then always an edge, so the viewer is whom the edge says */
export function notTooOften(limit: number, behind: boolean): Rule {
  const by = behind
    ? {
        aggregateKeyType: 'FORWARDED_IP',
        forwardedIpConfig: { headerName: viewerAddressHeader, fallbackBehavior: 'MATCH' },
      }
    : { aggregateKeyType: 'IP' };
  return {
    name: 'not-too-often',
    action: { block: {} },
    visibilityConfig: seenAs('not-too-often'),
    statement: { rateBasedStatement: { limit, evaluationWindowSec: 300, ...by } },
  };
}

/** AWS WAF Developer Guide, "AWS Managed Rules rule groups list". */
function managed(name: string, counted: readonly string[]): Rule {
  return {
    name,
    overrideAction: { none: {} },
    visibilityConfig: seenAs(name),
    statement: {
      managedRuleGroupStatement: {
        vendorName: 'AWS',
        name,
        ruleActionOverrides: counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
      },
    },
  };
}

/** The longest that the contract takes is a request for ten targets, with a reason of 1,000 characters: 12 KiB at most. */
function bodyIsNotHuge(): Rule {
  return {
    name: 'body-is-not-huge',
    action: { block: {} },
    visibilityConfig: seenAs('body-is-not-huge'),
    statement: {
      sizeConstraintStatement: {
        // What is longer than the 16 KiB that are looked at is too long, too.
        fieldToMatch: { body: { oversizeHandling: 'MATCH' } },
        comparisonOperator: 'GT',
        size: 15 * 1024,
        textTransformations: [{ priority: 0, type: 'NONE' }],
      },
    },
  };
}
