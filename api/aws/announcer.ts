import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Announcer } from '../actions/message-ports.ts';
import type { Message } from '../domain/message.ts';
import type { RenderedMessage } from '../domain/message-in-words.ts';
import { clientSettings } from './client-settings.ts';
import { orUnavailable } from './errors.ts';
import { eventBus } from './event-bus.ts';

export interface AnnouncerOptions {
  readonly topicArn: string;
  /** verified SES sender, or undefined: then requesters are told through the topic, by its recipient attribute */
  readonly sender: string | undefined;
  /** topic that Amazon Q Developer reads; undefined: there is no chat */
  readonly chatTopicArn: string | undefined;
  /** name or ARN of the bus */
  readonly bus: string;
}

/** Tells reviewers through the topic and the chat's, the requester by mail where a sender is configured, and the bus of every entry. */
export function announcer({ topicArn, sender, chatTopicArn, bus }: AnnouncerOptions): Announcer {
  const sns = new SNSClient(clientSettings);
  const ses = new SESv2Client(clientSettings);

  const publish = async (message: Message, { subject, body }: RenderedMessage) => {
    await orUnavailable(
      'publishing to the topic',
      sns.send(
        new PublishCommand({
          TopicArn: topicArn,
          Subject: subject,
          Message: body,
          MessageAttributes: attributesOf(message),
        }),
      ),
    );
  };
  const mail = async (to: string, from: string, { subject, body }: RenderedMessage) => {
    const content = { Simple: { Subject: { Data: subject }, Body: { Text: { Data: body } } } };
    const command = new SendEmailCommand({
      FromEmailAddress: from,
      Destination: { ToAddresses: [to] },
      Content: content,
    });
    await orUnavailable('sending mail', ses.send(command));
  };
  const tellChat: Announcer['tellChat'] = async (message, notification) => {
    await orUnavailable(
      'publishing to the topic of the chat',
      sns.send(
        new PublishCommand({
          TopicArn: chatTopicArn,
          Message: JSON.stringify(notification),
          MessageAttributes: attributesOf(message),
        }),
      ),
    );
  };
  return {
    ...eventBus(bus),
    tellChat: chatTopicArn === undefined ? null : tellChat,
    tellReviewers: publish,
    tellRequester: (message, rendered) => {
      const to = message.request.requester.email;
      return sender === undefined || to === '' ? publish(message, rendered) : mail(to, sender, rendered);
    },
  };
}

/**
 * For filter policies of subscriptions, and `messageId` to recognise a repeated delivery.
 * NB. An attribute's value may not be empty (SNS API Reference, MessageAttributeValue).
 */
function attributesOf(message: Message) {
  const { target, requester, rule } = message.request;
  const groups = rule.approval.groups;
  const values = {
    messageId: message.id,
    kind: message.kind,
    audience: message.audience,
    account: target.account,
    role: target.role,
    rule: rule.id,
    ...(message.audience === 'requester' && requester.email !== '' ? { recipient: requester.email } : {}),
  };
  const attributes = Object.entries(values).map(([name, value]) => [
    name,
    { DataType: 'String', StringValue: value },
  ]);
  // A subscription of one group's reviewers filters by its name.
  const reviewers = { DataType: 'String.Array', StringValue: JSON.stringify(groups) };
  return Object.fromEntries([...attributes, ...(groups.length > 0 ? [['reviewerGroups', reviewers]] : [])]);
}
