import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Announcer } from '../actions/message-ports.ts';
import { Unavailable } from '../actions/ports.ts';
import { eventSource } from '../domain/event.ts';
import { clientSettings } from './client-settings.ts';
import { orUnavailable } from './errors.ts';

/** Of EventBridge, which says in one word what it has against an entry. */
const errorCode = /^[A-Za-z]{3,64}$/;

/** Puts events on the bus, one at a time. @param bus name or ARN */
export function eventBus(bus: string): Pick<Announcer, 'putEvent'> {
  const client = new EventBridgeClient(clientSettings);
  return {
    putEvent: async ({ at, type, detail }) => {
      const entry = {
        EventBusName: bus,
        Source: eventSource,
        DetailType: type,
        Time: new Date(at),
        Detail: JSON.stringify(detail),
      };
      const answer = await orUnavailable(
        'putting an event on the bus',
        client.send(new PutEventsCommand({ Entries: [entry] })),
      );
      // NB. Not taken, and all the same answered with 200 (EventBridge API Reference, PutEvents).
      if (answer.FailedEntryCount !== 0) {
        const code = answer.Entries?.[0]?.ErrorCode ?? '';
        throw new Unavailable(`the bus did not take an event: ${errorCode.test(code) ? code : 'unknown'}`);
      }
    },
  };
}
