import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  type BehaviorOptions,
  CachePolicy,
  Distribution,
  type DistributionProps,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  OriginSslPolicy,
  PriceClass,
  type ResponseHeadersPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  type IBucket,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { apiBase } from '../../api/routes.ts';
import { onePage, pass } from '../edge-functions.ts';
import { securityHeaders } from '../security-headers.ts';
import { stageName } from './api.ts';
import { headersPolicy } from './headers-policy.ts';
import { unlike } from './rules.ts';
import type { Store } from './store.ts';

export interface SiteProps {
  readonly store: Store;
  readonly rest: RestApi;
  /** of the OpenID provider: the only other places that the pages may talk to */
  readonly providerOrigins: readonly string[];
  /** its certificate stands in us-east-1, wherever the stack does */
  readonly domain?: { readonly name: string; readonly certificate: string };
  /** of the secret by which the API knows the distribution */
  readonly secretNumber: number;
  /** days */
  readonly logRetention: number;
}

/** Amazon CloudFront Developer Guide, "Standard logging (legacy)": where a bucket cannot take its logs. */
const withoutEdgeLogs: readonly string[] = [
  'af-south-1',
  'ap-east-1',
  'ap-east-2',
  'ap-south-2',
  'ap-southeast-3',
  'ap-southeast-4',
  'ap-southeast-5',
  'ap-southeast-6',
  'ap-southeast-7',
  'ca-west-1',
  'eu-central-2',
  'eu-south-1',
  'eu-south-2',
  'il-central-1',
  'me-central-1',
  'me-south-1',
  'mx-central-1',
];

/** One origin for pages and API: a bucket behind CloudFront, and the API below `/api`. */
export class Site extends Construct {
  readonly bucket: IBucket;
  readonly distribution: Distribution;
  /** the app's address */
  readonly url: string;
  /** How the API knows that a request came by the distribution. */
  readonly origin: { readonly header: string; readonly secret: string };

  constructor(scope: Construct, id: string, props: SiteProps) {
    super(scope, id);
    this.bucket = bucketOf(this, 'Pages');
    this.origin = { header: 'x-origin-secret', secret: originSecret(this, props) };
    this.distribution = this.distribute(props);
    answerRules(this.distribution, props);
    this.url = `https://${props.domain?.name ?? this.distribution.domainName}`;
  }

  private distribute(props: SiteProps): Distribution {
    const { domain, providerOrigins } = props;
    const pages = securityHeaders(providerOrigins, true);
    const assets = { ...pages, 'Cache-Control': 'public, max-age=31536000, immutable' };
    const { 'Strict-Transport-Security': hsts = '' } = pages;
    return new Distribution(this, 'Distribution', {
      comment: 'Stepladder',
      httpVersion: HttpVersion.HTTP2_AND_3,
      minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2025,
      priceClass: PriceClass.PRICE_CLASS_ALL,
      ...(domain && {
        domainNames: [domain.name],
        certificate: Certificate.fromCertificateArn(this, 'Certificate', domain.certificate),
      }),
      defaultBehavior: {
        ...this.files(headersPolicy(this, 'PageHeaders', pages)),
        // A page is true until the next deployment, and its address is not its name.
        cachePolicy: CachePolicy.CACHING_DISABLED,
        functionAssociations: [this.before('OnePage', onePage)],
      },
      additionalBehaviors: {
        '/assets/*': {
          ...this.files(headersPolicy(this, 'AssetHeaders', assets)),
          cachePolicy: CachePolicy.CACHING_OPTIMIZED,
        },
        [`${apiBase}/*`]: this.api(
          props.rest,
          headersPolicy(this, 'ApiHeaders', { 'Strict-Transport-Security': hsts }),
        ),
      },
      ...this.logs(props),
    });
  }

  private files(responseHeadersPolicy: ResponseHeadersPolicy): BehaviorOptions {
    return {
      origin: S3BucketOrigin.withOriginAccessControl(this.bucket),
      allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      compress: true,
      responseHeadersPolicy,
    };
  }

  /** NB. Known by the API's id alone: its stage needs the functions, which need this distribution's address. */
  private api({ restApiId }: RestApi, responseHeadersPolicy: ResponseHeadersPolicy): BehaviorOptions {
    const { region, urlSuffix } = Stack.of(this);
    return {
      origin: new HttpOrigin(`${restApiId}.execute-api.${region}.${urlSuffix}`, {
        originPath: `/${stageName}`,
        protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
        originSslProtocols: [OriginSslPolicy.TLS_V1_2],
        // API Gateway answers after 29 s at the latest.
        readTimeout: Duration.seconds(30),
        customHeaders: { [this.origin.header]: this.origin.secret },
      }),
      allowedMethods: AllowedMethods.ALLOW_ALL,
      // NB. Over plain http tokens would have been seen already: no redirect could take that back.
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
      cachePolicy: CachePolicy.CACHING_DISABLED,
      // Tokens, the key of a form, and everything else but the Host, which is API Gateway's own.
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      // An answer may hold both a secret and what the caller wrote, which compressed together tell of each other.
      compress: false,
      functionAssociations: [this.before('Pass', pass)],
      responseHeadersPolicy,
    };
  }

  private before(id: string, code: string) {
    const edge = new EdgeFunction(this, id, {
      code: FunctionCode.fromInline(code),
      runtime: FunctionRuntime.JS_2_0,
    });
    return { function: edge, eventType: FunctionEventType.VIEWER_REQUEST };
  }

  private logs({ logRetention }: SiteProps): Partial<DistributionProps> {
    if (withoutEdgeLogs.includes(Stack.of(this).region)) return {};
    const logBucket = bucketOf(this, 'EdgeLogs', {
      // CloudFront delivers by an access control list.
      objectOwnership: ObjectOwnership.BUCKET_OWNER_PREFERRED,
      lifecycleRules: [
        { expiration: Duration.days(logRetention), noncurrentVersionExpiration: Duration.days(1) },
      ],
    });
    return { enableLogging: true, logBucket, logFilePrefix: 'edge/', logIncludesCookies: false };
  }
}

function answerRules(distribution: Distribution, { domain }: SiteProps): void {
  unlike(distribution, {
    'AwsSolutions-CFR1':
      'People on call travel. Who may do anything is decided by their tokens, not by their country.',
    'AwsSolutions-CFR2':
      'The web ACL stands on the API, in the region of the stack, and lets nothing by that did not come through here; the rest is files for everybody.',
    ...(domain === undefined && {
      'AwsSolutions-CFR4':
        'Without a domain of its own it has the certificate of CloudFront, for which nobody can set a least version. Browsers take the newest, and HSTS keeps them at https.',
    }),
    ...(withoutEdgeLogs.includes(Stack.of(distribution).region) && {
      'AwsSolutions-CFR3':
        'Buckets of this region cannot take the logs of CloudFront. Calls of the API are logged all the same.',
    }),
  });
}

/** NB. By S3's own key: these are files for everybody, and logs by a service that cannot use another. */
function bucketOf(scope: Construct, id: string, props: BucketProps = {}): IBucket {
  const bucket = new Bucket(scope, id, {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    versioned: true,
    removalPolicy: RemovalPolicy.RETAIN,
    ...props,
  });
  unlike(bucket, {
    'AwsSolutions-S1':
      'Nobody reaches the bucket but CloudFront, which keeps its own log, and the deployment, which CloudTrail shows.',
    'NIST.800.53.R5-S3BucketLoggingEnabled':
      'Nobody reaches the bucket but CloudFront, which keeps its own log, and the deployment, which CloudTrail shows.',
    'NIST.800.53.R5-S3BucketReplicationEnabled':
      'Nothing is lost with it: pages are built from source, and logs of the edge say who fetched them.',
    'NIST.800.53.R5-S3DefaultEncryptionKMS':
      'Nothing in it is secret: files for everybody, encrypted by the key of S3; logs of the edge cannot be delivered under another.',
  });
  // The two types differ in a property that is optional in one and may be undefined in the other.
  return bucket as IBucket;
}

/**
 * NB. Another number is another secret. The same one with another value would reach neither the distribution nor the web
 * ACL before something else about it changes, for only then CloudFormation reads it again.
 */
function originSecret(scope: Construct, { store: { key }, secretNumber }: SiteProps): string {
  const secret = new Secret(scope, `OriginSecret${secretNumber}`, {
    description: 'Stepladder: by which the API knows its distribution',
    encryptionKey: key,
    generateSecretString: { passwordLength: 64, excludePunctuation: true },
  });
  const reason =
    'It opens nothing: whoever has it still needs the tokens of a person. It changes with a deployment, because CloudFront and the web ACL have to change together.';
  unlike(secret, {
    'AwsSolutions-SMG4': reason,
    'NIST.800.53.R5-SecretsManagerRotationEnabled': reason,
  });
  // CloudFormation puts it in where it is used; the template only says where it is.
  return secret.secretValue.unsafeUnwrap();
}
