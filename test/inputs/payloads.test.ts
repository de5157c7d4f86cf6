import { describe, expect, it } from 'vitest';
import * as workflows from '../../src/workflows/index.ts';
import { payloadConverter, Unreadable } from '../../src/workflows/payloads.ts';
import { workflowTypes } from '../../src/workflows/types.ts';
import { payload } from './raw.ts';

const readable = (one: ReturnType<typeof payload>) => payloadConverter.fromPayload(one as never);

describe('what somebody sent', () => {
  it.each([
    ['an object', payload('{"a": [1, "ü"]}'), { a: [1, 'ü'] }],
    ['a replacement character that was meant', payload('"\uFFFD"'), '\uFFFD'],
    ['null', payload('null'), null],
    ['the nothing of other languages', payload(undefined, 'binary/null'), undefined],
    ['texts that look like numbers that JSON has not', payload('{"NaN": "Infinity"}'), { NaN: 'Infinity' }],
  ])('is read where it is %s', (_, sent, value) => {
    expect(readable(sent)).toEqual(value);
  });

  it.each([
    ['NaN, as Python writes it', payload('{"a": NaN}'), 'is not JSON, which has no NaN'],
    ['-Infinity', payload('[-Infinity]'), 'is not JSON, which has no NaN and no Infinity'],
    [
      'NaN deep inside',
      payload(
        '{"name": "NaN \\" Infinity", "source": {"columns": [{}, {"minimum": NaN, "maximum": -Infinity}]}}',
      ),
      'either: source.columns[1].minimum is NaN, source.columns[1].maximum is -Infinity',
    ],
    ['NaN alone', payload('NaN'), 'which has no NaN and no Infinity either'],
    ['NaN in what is cut off', payload('{"a": NaN, "b": "'), 'is not JSON'],
    ['cut off', payload('{"a": '), 'is not JSON'],
    ['a byte order mark', payload('\uFEFF{}'), 'begins with a byte order mark'],
    ['nothing at all', payload(''), 'is empty'],
    ['no data', payload(undefined), 'is empty'],
    ['Latin-1', payload(new Uint8Array([0x22, 0xfc, 0x22])), 'is not UTF-8'],
    ['bytes', payload('{}', 'binary/plain'), 'is encoded as "binary/plain", and only json/plain is read'],
    ['protobuf as JSON', payload('{}', 'json/protobuf'), 'is encoded as "json/protobuf"'],
    ['protobuf', payload('', 'binary/protobuf'), 'is encoded as "binary/protobuf"'],
    ['an encoding that nobody knows', payload('{}', 'x'.repeat(99)), `is encoded as "${'x'.repeat(50)}"`],
    ['no encoding', payload('{}', 'none'), 'does not say how it is encoded'],
    ['no metadata', { data: new Uint8Array() }, 'does not say how it is encoded'],
  ])('is a value that says why, where it is %s', (_, sent, why) => {
    const value = readable(sent);
    expect(value).toBeInstanceOf(Unreadable);
    expect((value as Unreadable).why).toContain(why);
  });

  it('is told however many and however deep the NaN are', () => {
    const many = readable(payload(`[${'NaN,'.repeat(50_000)}NaN]`)) as Unreadable;
    expect(many.why).toContain('[9] is NaN and 49991 more');
    const deep = readable(payload(`${'['.repeat(300_000)}NaN${']'.repeat(300_000)}`)) as Unreadable;
    expect(deep.why.length).toBeLessThan(2_000);
    const quotes = readable(payload(`{"a": NaN, "b": "${'\\"'.repeat(500_000)}`)) as Unreadable;
    expect(quotes.why).toBe('is not JSON, which has no NaN and no Infinity either');
  });

  it('fails where a codec made it and none decoded it: that is the worker’s mistake', () => {
    expect(() => readable(payload('x', 'binary/encrypted'))).toThrow('binary/encrypted');
  });
});

it('what an activity answered is not excused', () => {
  const context = { type: 'activity', namespace: 'default', activityId: '1' } as const;
  expect(() => payloadConverter.fromPayload(payload('NaN') as never, context as never)).toThrow('JSON');
});

it('every workflow that is there is a known type', () => {
  const { default: _, ...named } = workflows;
  expect(Object.keys(named).sort()).toEqual(Object.keys(workflowTypes).sort());
});
