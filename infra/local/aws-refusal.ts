/** An error answer of an AWS service. */
export class AwsRefusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'AwsRefusal';
    this.status = status;
    this.code = code;
  }
}

/** 400 ValidationError, as STS and IAM say it. */
export function invalid(message: string): AwsRefusal {
  return new AwsRefusal(400, 'ValidationError', message);
}
