import type { Context } from 'aws-lambda';

interface Probe {
  readonly ask: 'environment' | 'context' | 'date' | 'throw' | 'hang' | 'die' | 'log';
}

/** A Lambda that tells what it can see, and misbehaves when asked to. */
export const handler = async ({ ask }: Probe, context: Context): Promise<unknown> => {
  switch (ask) {
    case 'environment':
      return { ...process.env };
    case 'context':
      return {
        remaining: context.getRemainingTimeInMillis(),
        id: context.awsRequestId,
        name: context.functionName,
      };
    case 'date':
      return Date.now();
    case 'throw':
      throw new TypeError('a fault of the handler');
    case 'hang':
      return new Promise(() => {});
    case 'die':
      process.exit(1);
      break;
    case 'log':
      console.log('a line of the handler');
      return null;
  }
};
