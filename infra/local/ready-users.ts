/** A person who can sign in at the local provider, without a password. They are made up. */
export interface ReadyUser {
  readonly sub: string;
  readonly name: string;
  readonly email: string;
  readonly groups: readonly string[];
  /** a claim of the access token, by which rules can tell teams apart */
  readonly department?: string;
  /** one line for the sign-in page */
  readonly what: string;
}

export const readyUsers: readonly ReadyUser[] = [
  {
    sub: 'erin',
    name: 'Erin Engström',
    email: 'erin@example.com',
    department: 'payments',
    groups: [
      'aws-temp#AdministratorAccess#111122223333',
      'aws-temp#ReadOnlyAccess#111122223333',
      'aws-temp#DatabaseAdministrator#111122223333',
      'aws-temp#AdministratorAccess#222233334444',
      'aws-temp#DataPlatformEmergencyMaintenanceOperatorWithKeyManagement#333344445555',
      'aws-temp#AdministratorAccess#444455556666',
      'on-call',
      'everybody',
    ],
    what: 'engineer, on call: may ask for roles in four accounts',
  },
  {
    sub: 'ravi',
    name: 'Ravi Raman',
    email: 'ravi@example.com',
    department: 'payments',
    groups: [
      'aws-temp#AdministratorAccess#222233334444',
      'aws-temp#DatabaseAdministrator#111122223333',
      'aws-temp#Reviewer',
      'everybody',
    ],
    what: 'engineer and reviewer: asks, and decides on what others ask for',
  },
  {
    sub: 'robin',
    name: 'Robin Reyes',
    email: 'robin@example.com',
    department: 'platform',
    groups: ['aws-temp#Reviewer', 'everybody'],
    what: 'reviewer: approves or rejects',
  },
  {
    sub: 'remy',
    name: 'Remy Rossi',
    email: 'remy@example.com',
    department: 'security',
    groups: ['aws-temp#Reviewer', 'everybody'],
    what: 'reviewer: the second one, where a rule asks for two',
  },
  {
    sub: 'avery',
    name: 'Avery Adeyemi',
    email: 'avery@example.com',
    department: 'audit',
    groups: ['aws-temp#Auditor', 'everybody'],
    what: 'auditor: sees everything, changes nothing',
  },
  {
    sub: 'oki',
    name: 'Oki Okafor',
    email: 'oki@example.com',
    department: 'platform',
    groups: ['aws-temp#Operator', 'everybody'],
    what: 'operator: checks how the roles in AWS are set up',
  },
  {
    sub: 'noor',
    name: 'Noor Nasser',
    email: 'noor@example.com',
    department: 'payments',
    groups: ['everybody'],
    what: 'has no rights at all',
  },
];
