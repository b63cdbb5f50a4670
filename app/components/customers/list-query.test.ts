/** The customer list's address keeps valid filters, drops the rest, and forgets the cursor when a filter changes. */
import { describe, expect, it } from 'vitest';
import { listAddress, readQuery } from './list-query.ts';

describe('readQuery', () => {
  it('reads every part', () => {
    expect(readQuery(new URLSearchParams('q=anna&stage=at_risk&rfm=55&cohort=2026-03&segment=01a20467-06af-72c0-bea5-4fbea87b38cf&sort=orders&order=asc&cursor=abc'))).toMatchObject({
      q: 'anna', stage: 'at_risk', rfm: '55', cohort: '2026-03', segment: '01a20467-06af-72c0-bea5-4fbea87b38cf', sort: 'orders', descending: false, cursor: 'abc',
    });
  });

  it('drops what is not valid and sorts by total value, highest first', () => {
    expect(readQuery(new URLSearchParams('stage=vip&rfm=96&cohort=2026-13&segment=vip&sort=shoe_size&q='))).toMatchObject({
      q: undefined, stage: undefined, rfm: undefined, cohort: undefined, segment: undefined, sort: 'total', descending: true,
    });
  });
});

describe('listAddress', () => {
  it('changes one part, keeps the others and starts at the top', () => {
    expect(listAddress(new URLSearchParams('q=anna&cursor=abc'), { stage: 'new' })).toBe('/customers?q=anna&stage=new');
  });

  it('is bare without filters', () => {
    expect(listAddress(new URLSearchParams('q=anna'), { q: null })).toBe('/customers');
  });
});
