import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { emailOf } from '../../src/runs/forms/email.ts';
import { slackMessage } from '../../src/runs/forms/slack.ts';
import { teamsMessage } from '../../src/runs/forms/teams.ts';
import { textOf } from '../../src/runs/forms/text.ts';
import type { ApprovalMessage, CreateMessage, FlowMessage, Message } from '../../src/runs/notification.ts';
import { hasPython, pythonWith } from '../support/python.ts';

const failed: FlowMessage = {
  version: 1,
  id: '0b7c4f0e-7f4c-4c3b-9d0e-0a6f5f3a8d11',
  at: '2026-11-27T06:00:00.000Z',
  event: 'changed',
  verdict: 'failed',
  was: 'ok',
  since: '2026-11-27T05:59:00.000Z',
  dataflow: "prod/ann's orders",
  sandbox: 'prod',
  flowId: '829bb93b-3a55-4a09-bc66-1566b9b702f8',
  flowName: "ann's orders",
  cause: {
    code: 'MAPPER-3700-400',
    message: 'Mapper Transform Error: date(born) to person.birthDate: "30.05.1992" is no date (row 4)',
  },
  next: 'Compare the mapping with the failed records; see <!channel> & [this](https://bad.example).',
  command: {
    verb: 'retry',
    line: `temporal aep retry 'prod/ann'\\''s orders'`,
    workflowId: 'flow:prod:829bb93b-3a55-4a09-bc66-1566b9b702f8',
    update: 'retryRun',
  },
  run: {
    runId: 'a-run',
    start: '2026-11-27T05:58:00.000Z',
    verdict: 'failed',
    recordsRead: 5,
    recordsFailed: 1,
  },
  streak: { verdict: 'failed', runs: 3 },
  totals: { ok: 1, degraded: 0, failed: 3, recordsWritten: 10, recordsFailed: 1, tooLate: 0 },
  watcherWorkflowId: 'flow:prod:829bb93b-3a55-4a09-bc66-1566b9b702f8',
  link: 'https://temporal.example.com/namespaces/default/workflows/flow%3Aprod%3A1/1',
};
const waits: CreateMessage = {
  version: 1,
  id: failed.id,
  at: failed.at,
  event: 'createWaits',
  dataflow: 'prod/orders',
  sandbox: 'prod',
  cause: { type: 'Rejected', message: 'AEP refused it' },
  next: 'See to the cause.',
  workflowId: 'dataflow:prod:orders',
};
const approval: ApprovalMessage = {
  version: 1,
  id: failed.id,
  at: failed.at,
  event: 'approvalNeeded',
  dataflow: 'prod/orders',
  sandbox: 'prod',
  digest: 'd42a5aa3',
  summary: '6 to create.',
  next: 'Look at the plan.',
  workflowId: 'dataflow:prod:orders',
};

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 4_000 }),
  fc.constantFrom('', '\u{1f600}'.repeat(3_000), '"\\\u0000\n'.repeat(1_000), '<!channel> '.repeat(400)),
);
const anyMessage: fc.Arbitrary<Message> = fc.oneof(
  fc
    .record({
      event: fc.constantFrom<FlowMessage['event']>(
        'changed',
        'recovered',
        'gaveUp',
        'gap',
        'overlap',
        'gone',
        'drift',
      ),
      verdict: fc.constantFrom<FlowMessage['verdict']>('ok', 'failed', 'paused', 'overdue'),
      name: fc.option(anyText),
      text: anyText,
      next: anyText,
    })
    .map(({ name, text, next, ...more }): FlowMessage => ({
      ...failed,
      ...more,
      next,
      dataflow: name === null ? undefined : `prod/${name}`,
      cause: { code: text, message: text },
      drift: {
        changes: [{ field: text, from: text, to: null }],
        noticed: failed.at,
        by: text,
      },
    })),
  anyText.map((text): CreateMessage => ({
    ...waits,
    cause: { type: text, message: text },
    next: text,
    workflowId: text,
  })),
  anyText.map((text): ApprovalMessage => ({
    ...approval,
    summary: text,
    digest: text,
    next: text,
    dataflow: text,
  })),
);

describe('a message to people', () => {
  test('says which dataflow, what is the matter, why, what to do, and the command that does it', () => {
    expect(textOf(failed)).toMatchObject({
      title: "prod/ann's orders is failed",
      why: expect.stringContaining('Mapper Transform Error'),
      next: expect.stringContaining('Compare the mapping'),
      commands: [`temporal aep status 'prod/ann'\\''s orders'`, `temporal aep retry 'prod/ann'\\''s orders'`],
      facts: expect.arrayContaining([
        ['verdict', 'failed, was ok'],
        ['rows', '5 read, 1 failed'],
        ['in a row', '3 runs failed'],
      ]),
    });
    expect(textOf(waits).commands[0]).toContain('--workflow-id dataflow:prod:orders --name resume');
    expect(textOf(approval).commands[1]).toBe(
      'temporal aep approve prod/orders --digest d42a5aa3 --by "$USER"',
    );
  });

  test('has no value out of a row, whichever form it has', () => {
    const text = textOf(failed);
    const forms = [slackMessage(text), teamsMessage(text), emailOf(text)].map((form) => JSON.stringify(form));
    for (const form of forms) expect(form).not.toContain('30.05.1992');
  });

  test('has no command beside the look where none comes next, and the history of a flow that is gone', () => {
    const foreign = textOf({ ...failed, dataflow: undefined, command: undefined });
    expect(foreign.title).toBe("prod/ann's orders is failed");
    expect(foreign.commands).toEqual([
      'temporal workflow query --workflow-id flow:prod:829bb93b-3a55-4a09-bc66-1566b9b702f8 --type health --output json',
    ]);
    expect(textOf({ ...failed, event: 'gone' }).commands).toEqual([
      `temporal aep history 'prod/ann'\\''s orders'`,
    ]);
  });
});

/** Slack's documented limits, whatever is put into a message. Characters are UTF-16 code units: the strictest reading. */
describe('a message for Slack', () => {
  interface Text {
    type: string;
    text: string;
  }
  interface Block {
    type: string;
    text?: Text;
    fields?: Text[];
    elements?: Text[];
  }

  test('has only texts that Slack reads as they are, none empty, none beyond its limits', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const { text, blocks } = slackMessage(textOf(message)) as { text: string; blocks: Block[] };
        expect(text.length).toBeLessThanOrEqual(40_000);
        expect(text).not.toMatch(/[<>]/);
        expect(blocks.length).toBeLessThanOrEqual(50);
        for (const { type, text, fields = [], elements = [] } of blocks) {
          const limit = type === 'header' ? 150 : 3_000;
          const plain = [...(text ? [text] : []), ...fields, ...(type === 'context' ? elements : [])];
          expect(fields.length).toBeLessThanOrEqual(10);
          for (const one of plain) {
            expect(one.type).toBe('plain_text');
            expect(one.text.length).toBeGreaterThan(0);
            expect(one.text.length).toBeLessThanOrEqual(fields.includes(one) ? 2_000 : limit);
          }
        }
      }),
    );
  });

  test.skipIf(!hasPython)("is taken by Slack's own library", { timeout: 120_000 }, async () => {
    const python = await pythonWith(['slack-sdk==3.47.0']);
    const long = 'x'.repeat(5_000);
    const messages = [failed, waits, approval, { ...failed, dataflow: `prod/${long}`, next: long }].map(
      (message) => slackMessage(textOf(message)),
    );
    const script = `
import json, sys
from slack_sdk.models.blocks import Block
for message in json.load(sys.stdin):
    blocks = Block.parse_all(message["blocks"])
    assert [block.to_dict() for block in blocks] == message["blocks"], [block.to_dict() for block in blocks]
`;
    execFileSync(python, ['-c', script], { input: JSON.stringify(messages) });
  });
});

/** Microsoft's own library says what is wrong with a card, and gives back what it understood. */
describe('a message for Teams', () => {
  interface Cards {
    AdaptiveCard: new () => {
      parse(card: object, context: object): void;
      toJSON(): object;
      validateProperties(): { validationEvents: { message: string }[] };
    };
    SerializationContext: new () => { eventCount: number; getEventAt(at: number): { message: string } };
  }
  let cards: Cards;
  beforeAll(() => {
    cards = createRequire(import.meta.url)('adaptivecards/dist/adaptivecards.min.js') as Cards;
  });

  interface TeamsMessage {
    type: string;
    attachments: { contentType: string; content: object }[];
  }

  function mustBeCard(content: object): void {
    const card = new cards.AdaptiveCard();
    const context = new cards.SerializationContext();
    card.parse(content, context);
    expect(Array.from({ length: context.eventCount }, (_, at) => context.getEventAt(at).message)).toEqual([]);
    expect(card.validateProperties().validationEvents.map(({ message }) => message)).toEqual([]);
    expect(card.toJSON()).toEqual(content);
  }

  test('is one that the Workflows app takes, with a card that Adaptive Cards understand whole', () => {
    for (const message of [failed, waits, approval]) {
      const { type, attachments } = teamsMessage(textOf(message)) as TeamsMessage;
      expect(type).toBe('message');
      expect(attachments).toMatchObject([{ contentType: 'application/vnd.microsoft.card.adaptive' }]);
      mustBeCard(attachments[0]!.content);
    }
    expect(() =>
      mustBeCard({ type: 'AdaptiveCard', version: '1.4', body: [{ type: 'TextBlok' }] }),
    ).toThrow();
  });

  test('is never larger than the 28 KB that Teams takes, and still a card', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const form = teamsMessage(textOf(message)) as TeamsMessage;
        expect(Buffer.byteLength(JSON.stringify(form))).toBeLessThan(28_000);
        mustBeCard(form.attachments[0]!.content);
      }),
    );
  });
});

test('an e-mail has a subject of one line and an id that is always the same', () => {
  fc.assert(
    fc.property(anyMessage, (message) => {
      const { subject, text, messageId } = emailOf(textOf(message));
      expect(subject).not.toMatch(/[\p{Cc}]/u);
      expect(subject.length).toBeLessThanOrEqual(150);
      expect(text).not.toMatch(/[^\P{Cc}\n]/u);
      expect(messageId).toBe(`<${message.id}@aep-dataflows.invalid>`);
    }),
  );
});
