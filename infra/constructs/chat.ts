import { Stack } from 'aws-cdk-lib';
import { CfnMicrosoftTeamsChannelConfiguration, CfnSlackChannelConfiguration } from 'aws-cdk-lib/aws-chatbot';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Store } from './store.ts';

export interface ChatChannels {
  readonly slack: readonly { readonly workspace: string; readonly channel: string }[];
  readonly teams: readonly { readonly tenant: string; readonly team: string; readonly channel: string }[];
}

export interface ChatProps {
  readonly name: string;
  readonly store: Store;
  readonly channels: ChatChannels;
}

/**
 * A topic, and the channels that Amazon Q Developer writes to what comes over it. NB. Whoever reads there can do nothing
 * with AWS from it: the channel's role may do nothing, and the guardrail denies everything.
 */
export class Chat extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { name, store, channels }: ChatProps) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', { masterKey: store.key, enforceSSL: true });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('chatbot.amazonaws.com'),
      description: 'Stepladder, chat: may do nothing',
    });
    const settings = {
      iamRoleArn: role.roleArn,
      guardrailPolicies: [`arn:${Stack.of(this).partition}:iam::aws:policy/AWSDenyAll`],
      snsTopicArns: [this.topic.topicArn],
      loggingLevel: 'ERROR',
    };
    for (const [index, { workspace, channel }] of channels.slack.entries()) {
      new CfnSlackChannelConfiguration(this, `Slack${index + 1}`, {
        ...settings,
        configurationName: `${name}-slack-${index + 1}`,
        slackWorkspaceId: workspace,
        slackChannelId: channel,
      });
    }
    for (const [index, { tenant, team, channel }] of channels.teams.entries()) {
      new CfnMicrosoftTeamsChannelConfiguration(this, `Teams${index + 1}`, {
        ...settings,
        configurationName: `${name}-teams-${index + 1}`,
        teamsTenantId: tenant,
        teamId: team,
        teamsChannelId: channel,
      });
    }
  }
}
