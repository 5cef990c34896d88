// The fields of a form become the request that the server takes.
import { describe, expect, it } from 'vitest';
import { importForm, numberRequest, terms } from './form';

describe('the terms of an entry', () => {
  it('name the target of their own scope alone', () => {
    const fields = { department_id: 7, campaign_id: 8, reason: 'x' };
    expect(terms({ ...fields, scope: 'system' })).toEqual({ scope: 'system', reason: 'x' });
    expect(terms({ ...fields, scope: 'department' })).toEqual({
      scope: 'department',
      department_id: 7,
      reason: 'x',
    });
    expect(terms({ ...fields, scope: 'campaign' })).toEqual({
      scope: 'campaign',
      campaign_id: 8,
      reason: 'x',
    });
  });

  it('leave out what is empty', () => {
    const empty = { scope: 'system', note: ' ', reason: '', expires_on: '' } as const;
    expect(terms(empty)).toEqual({ scope: 'system' });
  });
});

it('a number by hand keeps its source, and an empty reason for the server to refuse', () => {
  const fields = { number: ' 138 ', scope: 'system', source: 'complaint', note: 'n ' } as const;
  expect(numberRequest(fields)).toEqual({
    number: '138',
    scope: 'system',
    source: 'complaint',
    reason: '',
    note: 'n',
  });
});

it('a file goes with its terms, itself last', () => {
  const form = importForm(new File(['1'], 'n.csv'), { scope: 'campaign', campaign_id: 3 });
  expect([...form.keys()]).toEqual(['scope', 'campaign_id', 'file']);
  expect(form.get('campaign_id')).toBe('3');
});
