import { randomBytes } from 'node:crypto';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { registerSearchAttributes } from '../dev/search-attributes.ts';
import { checkSearchAttributes } from '../src/search-attributes.ts';

const [text, keyword, keywordList] = [1, 2, 7];
let connection: Connection;

beforeAll(async () => {
  connection = await Connection.connect({ address: inject('temporalAddress') });
});
afterAll(() => connection.close());

/** A namespace that has these search attributes, by their types in Temporal's API. */
async function namespaceWith(searchAttributes: Record<string, number>): Promise<string> {
  const namespace = `attributes-${randomBytes(6).toString('hex')}`;
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: msToTs('1 day'),
  });
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
  return namespace;
}

const told = (namespace: string) =>
  checkSearchAttributes(connection, namespace).then(
    () => '',
    (error: Error) => `${error.name}: ${error.message}`,
  );

it('a namespace with all search attributes passes', async () => {
  const namespace = await namespaceWith({ AepDataflow: keyword! });
  await registerSearchAttributes(connection, namespace);
  expect(await told(namespace)).toBe('');
});

it('search attributes of another type and those that are missing are told at once, with the commands that mend both', async () => {
  const namespace = await namespaceWith({
    AepDataflow: keywordList!,
    AepVerdict: text!,
    AepFlowId: keyword!,
  });
  const message = await told(namespace);
  expect(message).toContain('MissingSearchAttributesError');
  expect(message).toContain('are no Keyword: AepDataflow is a KeywordList, AepVerdict is a Text');
  expect(message).toMatch(
    /search-attribute remove --namespace \S+ \\\n +--name AepDataflow \\\n +--name AepVerdict\n/,
  );
  expect(message).toMatch(/lacks search attributes[^]*--name AepSandbox --type Keyword/);
  expect(message).not.toContain('--name AepFlowId');
});
