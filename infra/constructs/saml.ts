import { CfnOutput, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import {
  CfnManagedLoginBranding,
  CfnUserPool,
  CfnUserPoolClient,
  CfnUserPoolDomain,
  CfnUserPoolIdentityProvider,
  CfnUserPoolResourceServer,
} from 'aws-cdk-lib/aws-cognito';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunctionConstruct, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { handlerName } from '../bundles.ts';
import type { OpenIdProvider, SamlProvider } from '../config.ts';
import { groupsAttribute, providerName, refreshTokenHours } from '../saml/sign-in.ts';
import { type AlarmTopic, period } from './alarm-topic.ts';
import { unlike } from './rules.ts';
import type { Store } from './store.ts';

export interface SamlProps {
  readonly name: string;
  readonly store: Store;
  readonly provider: SamlProvider;
  /** the folder that is shipped of infra/saml/trigger.ts */
  readonly bundle: string | undefined;
  /** the app's address */
  readonly appUrl: string;
  readonly logRetention: RetentionDays;
}

/** The origin of the pool's sign-in pages and of its token endpoint. */
export function samlOrigin(domain: string, region: string): string {
  // Amazon Cognito Developer Guide, "Using Amazon Cognito in AWS GovCloud": there is only the one with FIPS.
  const auth = region.startsWith('us-gov-') ? 'auth-fips' : 'auth';
  return `https://${domain}.${auth}.${region}.amazoncognito.com`;
}

/** What the pages may call of it. */
export function samlOrigins(domain: string, region: string): string[] {
  return [`https://cognito-idp.${region}.amazonaws.com`, samlOrigin(domain, region)];
}

const standard = ['email', 'name'] as const;

/** A user pool that knows people by their SAML provider alone, and is an OpenID provider of the profile `cognito`. */
export class Saml extends Construct {
  readonly identity: OpenIdProvider;
  readonly userPoolId: string;
  private readonly trigger: LambdaFunctionConstruct;

  constructor(scope: Construct, id: string, props: SamlProps) {
    super(scope, id);
    const { region } = Stack.of(this);
    const { domain } = props.provider;
    this.trigger = triggerOf(this, props);
    const pool = poolOf(this, props, this.trigger);
    this.userPoolId = pool.ref;
    const idp = providerOf(this, pool, props.provider);
    const audience = `${props.appUrl}/api`;
    new CfnUserPoolResourceServer(this, 'Api', {
      userPoolId: pool.ref,
      identifier: audience,
      name: 'Stepladder',
    });
    const client = clientOf(this, pool, props.appUrl);
    client.addResourceDependency(idp);
    new CfnUserPoolDomain(this, 'Domain', { userPoolId: pool.ref, domain, managedLoginVersion: 2 });
    new CfnManagedLoginBranding(this, 'Branding', {
      userPoolId: pool.ref,
      clientId: client.ref,
      useCognitoProvidedValues: true,
    });
    const origin = samlOrigin(domain, region);
    tell(this, 'SamlReply', `${origin}/saml2/idpresponse`, 'Where the SAML provider answers');
    tell(this, 'SamlEntity', `urn:amazon:cognito:sp:${pool.ref}`, 'Who asks the SAML provider');
    this.identity = {
      kind: 'openid',
      profile: 'cognito',
      issuer: pool.attrProviderUrl,
      clientId: client.ref,
      audience,
      scope: 'openid profile email',
      resource: audience,
      origins: samlOrigins(domain, region),
    };
  }

  /** If it fails, nobody can sign in, and the API does not notice. */
  watch(alarms: AlarmTopic): void {
    alarms.watch(this, 'Errors', {
      heading: 'A Lambda fails',
      of: 'saml',
      means: 'What Amazon Cognito asks at every sign-in by SAML ended with an error, again and again.',
      metric: this.trigger.metricErrors({ period, statistic: Stats.SUM }),
      threshold: 1,
      in: [2, 3],
    });
  }
}

function triggerOf(scope: Construct, { store, bundle, logRetention }: SamlProps): LambdaFunctionConstruct {
  if (bundle === undefined) throw new Error('What the user pool calls has not been bundled.');
  const logGroup = new LogGroup(scope, 'TriggerLog', {
    retention: logRetention,
    encryptionKey: store.key,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  const description = 'Stepladder, SAML: takes groups and e-mail from the assertion into the tokens';
  const role = new Role(scope, 'TriggerRole', {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    description,
  });
  const policy = new ManagedPolicy(scope, 'TriggerPolicy', { roles: [role], description });
  policy.addStatements(
    new PolicyStatement({
      sid: 'WriteOwnLog',
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
    }),
  );
  return new LambdaFunctionConstruct(scope, 'Trigger', {
    description,
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    code: Code.fromAsset(bundle),
    handler: handlerName,
    memorySize: 512,
    // Cognito waits no longer.
    timeout: Duration.seconds(5),
    role: role.withoutPolicyUpdates(),
    logGroup,
  });
}

/** Nobody has a password here. */
const unguessable = {
  minimumLength: 32,
  requireLowercase: true,
  requireNumbers: true,
  requireSymbols: true,
  requireUppercase: true,
  temporaryPasswordValidityDays: 1,
};

function schemaOf(): CfnUserPool.SchemaAttributeProperty[] {
  return [
    ...standard.map((attribute) => ({ name: attribute, mutable: true, required: false })),
    {
      name: groupsAttribute.replace('custom:', ''),
      attributeDataType: 'String',
      mutable: true,
      stringAttributeConstraints: { minLength: '0', maxLength: '2048' },
    },
  ];
}

function poolOf(scope: Construct, { name }: SamlProps, trigger: LambdaFunctionConstruct): CfnUserPool {
  const pool = new CfnUserPool(scope, 'Pool', {
    userPoolName: name,
    userPoolTier: 'ESSENTIALS',
    deletionProtection: 'ACTIVE',
    adminCreateUserConfig: { allowAdminCreateUserOnly: true },
    accountRecoverySetting: { recoveryMechanisms: [{ name: 'admin_only', priority: 1 }] },
    usernameConfiguration: { caseSensitive: true },
    mfaConfiguration: 'OFF',
    policies: { passwordPolicy: unguessable },
    schema: schemaOf(),
    lambdaConfig: {
      inboundFederation: { lambdaArn: trigger.functionArn, lambdaVersion: 'V1_0' },
      preTokenGenerationConfig: { lambdaArn: trigger.functionArn, lambdaVersion: 'V2_0' },
    },
  });
  pool.applyRemovalPolicy(RemovalPolicy.RETAIN);
  Validations.of(pool).acknowledge(
    {
      id: 'AwsSolutions-COG2',
      reason: 'Nobody has a password here: the SAML provider asks for the second factor.',
    },
    { id: 'AwsSolutions-COG8', reason: 'What Plus adds protects passwords of the pool, and there are none.' },
  );
  unlike(trigger, {
    'NIST.800.53.R5-LambdaConcurrency':
      'What is reserved for one is taken from all others of the account; how many sign in at once is limited by Amazon Cognito.',
    'NIST.800.53.R5-LambdaDLQ': 'Amazon Cognito waits for its answer: nothing is left over for a queue.',
    'NIST.800.53.R5-LambdaInsideVPC': 'It calls nothing, and only Amazon Cognito may call it.',
  });
  trigger.addPermission('Pool', {
    principal: new ServicePrincipal('cognito-idp.amazonaws.com'),
    sourceArn: pool.attrArn,
  });
  return pool;
}

/** NB. The trigger has given the attributes the pool's own names, whatever the assertion calls them. */
function providerOf(
  scope: Construct,
  pool: CfnUserPool,
  { metadata }: SamlProvider,
): CfnUserPoolIdentityProvider {
  return new CfnUserPoolIdentityProvider(scope, 'Provider', {
    userPoolId: pool.ref,
    providerName,
    providerType: 'SAML',
    providerDetails: {
      ...('url' in metadata ? { MetadataURL: metadata.url } : { MetadataFile: metadata.xml }),
      // Only sign-ins that the pages began: an answer that nobody asked for is how people are signed in as somebody else.
      IDPInit: 'false',
      IDPSignout: 'false',
      RequestSigningAlgorithm: 'rsa-sha256',
    },
    attributeMapping: Object.fromEntries(
      [...standard, 'email_verified', groupsAttribute].map((attribute) => [attribute, attribute]),
    ),
  });
}

/** A client of pages: public, by code and PKCE, for people of the provider alone. */
function clientOf(scope: Construct, pool: CfnUserPool, appUrl: string): CfnUserPoolClient {
  return new CfnUserPoolClient(scope, 'Client', {
    userPoolId: pool.ref,
    clientName: 'Stepladder',
    generateSecret: false,
    allowedOAuthFlowsUserPoolClient: true,
    allowedOAuthFlows: ['code'],
    // NB. Never aws.cognito.signin.user.admin: with it people could write the attributes below.
    allowedOAuthScopes: ['openid', 'email', 'profile'],
    supportedIdentityProviders: [providerName],
    callbackUrLs: [`${appUrl}/callback`, `${appUrl}/popup-callback`],
    logoutUrLs: [`${appUrl}/signed-out`],
    // One has to be named, or the pool's own passwords would do. This one asks a trigger that there is not, and fails.
    explicitAuthFlows: ['ALLOW_CUSTOM_AUTH'],
    readAttributes: [...standard, 'email_verified', groupsAttribute],
    // Cognito writes what it maps by this client's permission.
    writeAttributes: [...standard, groupsAttribute],
    accessTokenValidity: 10,
    idTokenValidity: 10,
    refreshTokenValidity: refreshTokenHours,
    tokenValidityUnits: { accessToken: 'minutes', idToken: 'minutes', refreshToken: 'hours' },
    refreshTokenRotation: { feature: 'ENABLED', retryGracePeriodSeconds: 10 },
    enableTokenRevocation: true,
    preventUserExistenceErrors: 'ENABLED',
  });
}

function tell(scope: Construct, id: string, value: string, description: string): void {
  new CfnOutput(scope, id, { value, description }).overrideLogicalId(id);
}
