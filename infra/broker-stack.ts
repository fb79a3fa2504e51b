import { CfnOutput, Lazy, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { LambdaFunction } from '../api/env.ts';
import type { DeploymentConfig, SamlProvider } from './config.ts';
import { AlarmTopic } from './constructs/alarm-topic.ts';
import { Api } from './constructs/api.ts';
import { Checks } from './constructs/checks.ts';
import { FrontDoor } from './constructs/front-door.ts';
import { Functions } from './constructs/functions.ts';
import { Guard } from './constructs/guard.ts';
import { Messages, type Notifications } from './constructs/messages.ts';
import { Network } from './constructs/network.ts';
import { Overview } from './constructs/overview.ts';
import type { OwnNetwork } from './constructs/own-network.ts';
import { PageServer } from './constructs/page-server.ts';
import { Pages } from './constructs/pages.ts';
import { Saml } from './constructs/saml.ts';
import { Site } from './constructs/site.ts';
import { Store } from './constructs/store.ts';
import { Watch } from './constructs/watch.ts';
import { WebAcl } from './constructs/web-acl.ts';
import { pageConfig } from './page-config.ts';
import { securityHeaders } from './security-headers.ts';
import { retentionOf, settingsOf, withoutDomain } from './stack-settings.ts';
import { variablesOf } from './variables.ts';

/** What the stack is made of, as `infra/config.ts` reads it. */
export interface Deployment {
  /** begins the names of what is named, so that two of them fit into one account */
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  readonly identity: {
    readonly profile: string;
    readonly issuer: string;
    readonly clientId: string;
    readonly audience: string;
    readonly scope: string;
    readonly resource: string | null;
    /** what the pages may call beside their own */
    readonly origins: readonly string[];
  };
  /** whom to tell that something is wrong */
  readonly alarms: { readonly address: readonly string[] };
  readonly notifications: Notifications;
  readonly domain?: { readonly name: string; readonly certificate: string } | undefined;
  /** a VPC in which it all is, with no public endpoint */
  readonly network?: OwnNetwork | undefined;
  readonly targets: {
    /** IAM path of the target roles, with its slashes */
    readonly path: string;
    readonly externalIds: readonly [string, string?];
    /** IAM path and name, in every target account */
    readonly boundary: string;
    readonly revoker: string;
  };
  /** days */
  readonly retention: { readonly logs: number; readonly backups: number };
  /** in place of the stack's table, after a restore */
  readonly restored?: { readonly table: string; readonly stream: string } | undefined;
  readonly branding: DeploymentConfig['branding'];
  readonly traffic: Readonly<Record<'perAddress' | 'rate' | 'burst' | 'secret', number>>;
}

/** With a SAML provider in place of an OpenID provider, which the stack then makes of it. */
export interface GivenDeployment extends Omit<Deployment, 'identity'> {
  readonly identity: Deployment['identity'] | SamlProvider;
}

export interface BrokerStackProps {
  readonly deployment: GivenDeployment;
  /** by Lambda, the folder that is shipped: `infra/bundles.ts` */
  readonly bundles: Readonly<Record<LambdaFunction, string>>;
  /** with the built app */
  readonly pages: string;
  /** the folder of what the user pool calls, where there is a SAML provider: `infra/bundles.ts` */
  readonly samlBundle?: string | undefined;
}

/**
 * The whole broker, in one region. The parts are put together in the order in which they need each other:
 *
 *   store      table and key; needs nothing
 *   saml       only where there is no OpenID provider: a user pool, which comes to know the app's address later
 *   messages   topics and bus, and the topic of alarms
 *   network    only in a VPC: the ways of the Lambdas, and the one to the API
 *   api        the REST API without methods: its id is all that the site needs
 *   site       bucket and distribution: the app's address
 *   functions  need the address, the places of messages and the table
 *   serve      methods need the functions, topics and bus have to know whose they are
 *   web acl    needs the stage, and the site's secret
 *   watch      looks at all of them
 *   front door only in a VPC, in place of the site: needs the stage and the network
 *
 * A part gets the others it needs as props, and adds to a Lambda's role by `functions.roles[name].allow`.
 */
export class BrokerStack extends Stack {
  readonly store: Store;
  readonly api: Api;
  /** undefined in a VPC, where the front door is */
  readonly site: Site | undefined;
  readonly network: Network | undefined;
  readonly functions: Functions;
  readonly messages: Messages;
  private readonly alarms: AlarmTopic;
  private saml: Saml | undefined;

  constructor(scope: Construct, id: string, props: BrokerStackProps) {
    const { deployment: given, bundles, pages, samlBundle } = props;
    super(scope, id, settingsOf(given));
    const { name, retention, traffic, restored } = given;
    const logRetention = retentionOf(retention.logs);
    this.store = new Store(this, 'Store', { name, recoveryDays: retention.backups, restored });
    const { store } = this;
    const deployment = { ...given, identity: this.identityOf(given, samlBundle) };
    this.messages = this.messagesOf(deployment, store);
    this.alarms = new AlarmTopic(this, 'Alarms', { name, store, ...given.alarms });
    this.network = this.networkOf(deployment);
    const endpoint = this.network?.apiEndpoint.ref;
    this.api = new Api(this, 'Api', { name, store, traffic, logRetention, endpoint });
    const { rest } = this.api;
    this.site = deployment.network === undefined ? this.siteOf(deployment, store) : undefined;
    this.functions = this.functionsOf(deployment, bundles);
    this.api.serve(this.functions);
    this.messages.serve(this.functions);
    new WebAcl(this, 'WebAcl', {
      name,
      store,
      rest,
      origin: this.site?.origin,
      mostOfOneAddress: traffic.perAddress,
      logRetention,
    });
    const door = this.pagesOf(deployment, pages);
    this.watch(deployment, door);
    this.tell(deployment, this.site?.distribution.domainName ?? door?.loadBalancer.attrDnsName ?? '');
  }

  /** @returns where people come in; undefined where that is the site */
  private pagesOf(deployment: Deployment, directory: string): FrontDoor | undefined {
    const logRetention = retentionOf(deployment.retention.logs);
    const settings = { store: this.store, directory, config: pageConfig(deployment), logRetention };
    if (this.site !== undefined) {
      new Pages(this, 'Pages', { ...settings, bucket: this.site.bucket });
      return undefined;
    }
    const { name, network: own, domain, identity, traffic, retention } = deployment;
    const { network } = this;
    if (own === undefined || network === undefined || domain === undefined) throw withoutDomain();
    const headers = securityHeaders(identity.origins, true);
    const server = new PageServer(this, 'PageServer', { ...settings, headers });
    return new FrontDoor(this, 'FrontDoor', {
      ...{ name, own, network, domain, rest: this.api.rest, pageServer: server.lambda },
      hsts: headers['Strict-Transport-Security'] ?? '',
      mostOfOneAddress: traffic.perAddress,
      logRetention: retention.logs,
    });
  }

  private networkOf(deployment: Deployment): Network | undefined {
    const { network, name, partition, targets, notifications, retention } = deployment;
    if (network === undefined) return undefined;
    return new Network(this, 'Network', {
      ...{ own: network, name, partition, store: this.store, topicArns: this.messages.topicArns, targets },
      alarmTopicArn: this.alarms.topic.topicArn,
      sendsMail: notifications.sender !== undefined,
      logRetention: retentionOf(retention.logs),
    });
  }

  private identityOf(given: GivenDeployment, bundle: string | undefined): Deployment['identity'] {
    const { identity: provider, name, retention } = given;
    if (!('metadata' in provider)) return provider;
    const appUrl = Lazy.string({ produce: () => this.urlOf(given) });
    const logRetention = retentionOf(retention.logs);
    this.saml = new Saml(this, 'Saml', { name, store: this.store, provider, bundle, appUrl, logRetention });
    return this.saml.identity;
  }

  private siteOf({ identity, domain, retention, traffic }: Deployment, store: Store): Site {
    return new Site(this, 'Site', {
      store,
      rest: this.api.rest,
      providerOrigins: identity.origins,
      secretNumber: traffic.secret,
      logRetention: retention.logs,
      ...(domain && { domain }),
    });
  }

  private messagesOf({ name, notifications, retention }: Deployment, store: Store): Messages {
    return new Messages(this, 'Messages', { name, store, notifications, archiveDays: retention.logs });
  }

  private functionsOf(deployment: Deployment, bundles: BrokerStackProps['bundles']): Functions {
    const { name, targets, partition, retention } = deployment;
    const { store, messages, alarms, network } = this;
    const { topicArn: alarmTopicArn } = alarms.topic;
    const places = { tableName: store.table.ref, messages, alarmTopicArn, appUrl: this.urlOf(deployment) };
    const subnetIds = deployment.network?.subnets.map(({ id }) => id) ?? [];
    return new Functions(this, 'Functions', {
      name,
      store,
      bundles,
      targets: { partition, path: targets.path, revoker: targets.revoker },
      logRetention: retentionOf(retention.logs),
      variables: variablesOf(deployment, places),
      network: network && { subnetIds, groups: network.groups },
    });
  }

  private watch({ name, domain }: Deployment, door: FrontDoor | undefined): void {
    const { store, alarms, functions, messages, api, site, saml } = this;
    const seen = { name, alarms, store, functions, messages, rest: api.rest };
    const { failures } = new Watch(this, 'Watch', { ...seen, certificate: domain?.certificate });
    new Guard(this, 'Guard', { ...seen, bucket: site?.bucket, userPool: saml?.userPoolId });
    door?.watch(alarms);
    saml?.watch(alarms);
    new Checks(this, 'Checks', { ...seen, accessLog: api.accessLog });
    new Overview(this, 'Overview', { ...seen, failures });
  }

  /** the app's address */
  private urlOf({ domain }: GivenDeployment): string {
    if (this.site !== undefined) return this.site.url;
    if (domain === undefined) throw withoutDomain();
    return `https://${domain.name}`;
  }

  private tell(deployment: Deployment, alias: string): void {
    const { all, roles } = this.functions;
    const outputs = {
      Url: [this.urlOf(deployment), 'Where the app is'],
      DistributionDomain: [alias, 'What a domain of your own is an alias of'],
      TableName: [this.store.table.ref, 'The table'],
      TopicArn: [this.messages.topic.topicArn, 'The topic of messages'],
      EventBus: [this.messages.bus.ref, 'The bus that every entry of the audit trail goes over'],
      SessionsFunction: [all.sessions.functionName, 'Whom the doctor asks'],
      SessionsRoleArn: [roles.sessions.role.roleArn, 'Whom target roles trust'],
      EnforceRoleArn: [roles.enforce.role.roleArn, 'Whom revoker roles trust'],
    };
    for (const [id, [value = '', description = '']] of Object.entries(outputs)) {
      new CfnOutput(this, id, { value, description });
    }
  }
}
