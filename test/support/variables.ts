/** Every variable that some Lambda wants; nothing is reached with them while a module loads. */
export const everyVariable = {
  TABLE_NAME: 'unreached',
  OIDC_ISSUER: 'https://id.example.com',
  OIDC_CLIENT_ID: 'stepladder',
  OIDC_AUDIENCE: 'https://stepladder.example/api',
  TOPIC_ARN: 'arn:aws:sns:us-east-1:111122223333:unreached',
  EVENT_BUS: 'stepladder',
  SESSIONS_ROLE: 'arn:aws:iam::999988887777:role/stepladder-sessions',
  ENFORCE_ROLE: 'arn:aws:iam::999988887777:role/stepladder-enforce',
  APP_URL: 'https://stepladder.example',
  TARGET_ROLE_PATH: '/stepladder/',
  EXTERNAL_ID: 'unreached',
  REVOKER_ROLE: '/stepladder-control/StepladderRevoker',
  BOUNDARY_POLICY: '/stepladder-control/StepladderBoundary',
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'ASIAUNREACHED0000000',
  AWS_SECRET_ACCESS_KEY: 'unreached',
} as const;
