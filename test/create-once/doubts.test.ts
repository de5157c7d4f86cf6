import { expect, it } from 'vitest';
import { Doubts } from '../../src/workflows/dataflow/doubts.ts';

const seen = (nonce: string) => [{ id: 'x', fields: {}, mark: { dataflow: 'prod/orders', nonce } }];

it('a request is in doubt until its nonce shows, whatever else does', () => {
  const doubts = new Doubts();
  doubts.add('flow', 'aaaaaaaa', 1_000);
  doubts.seen('flow', seen('bbbbbbbb'));
  expect(doubts.open('flow')).toEqual(['aaaaaaaa']);
  expect(doubts.has('dataset')).toBe(false);
  doubts.seen('flow', seen('aaaaaaaa'));
  expect(doubts.has('flow')).toBe(false);
});

it('what has had the time to show holds up no other request, and is swept all the same', () => {
  const doubts = new Doubts();
  doubts.add('flow', 'aaaaaaaa', 1_000);
  doubts.over('flow');
  doubts.add('flow', 'bbbbbbbb', 2_000);
  // It is no new doubt to hear of it once more.
  doubts.add('flow', 'aaaaaaaa', 3_000);
  expect(doubts.open('flow')).toEqual(['bbbbbbbb']);
  expect(doubts.unaccounted()).toEqual({ kinds: ['flow'], last: 2_000 });
  doubts.accounted('flow');
  expect(doubts.unaccounted().kinds).toEqual([]);
});
