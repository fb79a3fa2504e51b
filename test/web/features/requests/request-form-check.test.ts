import { describe, expect, it } from 'vitest';
import { createRequestBody } from '../../../../api/contract.ts';
import { checkForm } from '../../../../web/features/requests/request-form-check.ts';

const target = { account: '111122223333', accountName: 'Production', role: 'Admin', maxDurationMinutes: 240 };
const why = 'Restart the payment workers.';

describe('the form to create a request', () => {
  it('sends what the API takes', () => {
    const { body, errors } = checkForm(target, '90', why);
    expect(errors).toEqual({});
    expect(createRequestBody.parse(body)).toEqual({
      account: '111122223333',
      role: 'Admin',
      durationMinutes: 90,
      justification: why,
    });
  });

  it.each(['', '14', '241', '1e2', '60.5', '-60', ' 60', '00060'])('refuses %j minutes', (minutes) => {
    const { body, errors } = checkForm(target, minutes, why);
    expect(body).toBeNull();
    expect(errors.duration).toContain('from 15 to 240');
  });

  it('names everything that is missing at once', () => {
    const { body, errors } = checkForm(null, '', '          x');
    expect(body).toBeNull();
    expect(Object.keys(errors).sort()).toEqual(['duration', 'justification', 'target']);
  });

  it('says by how much a justification is too long', () => {
    expect(checkForm(target, '60', 'x'.repeat(1003)).errors.justification).toContain('by 3 characters');
  });
});
