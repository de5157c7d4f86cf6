import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { command } from '../support/command.ts';
import { shops } from '../support/connections.ts';
import { administratorOf, places, requestsIn } from '../support/dataflows.ts';
import { printedBy } from '../support/printed.ts';
import { startRigWithSecrets, type RigWithSecrets } from '../connections/rig-with-secrets.ts';

const { sandboxes, next } = places(8);
const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
let rig: RigWithSecrets;

beforeAll(async () => {
  rig = await startRigWithSecrets({ sandboxes });
  await rig.startWorker();
});
afterAll(() => rig.close());

const aep = (...args: string[]) => command(args, rig.temporal.env);

const server = ['server=db.example.com', 'port=3306', 'database=shop', 'username=loader'];

it('a base connection is made, shown, tested and deleted', async () => {
  const sandbox = next();
  const shop = `${sandbox}/Shop`;
  const { secret } = await rig.keep(sandbox, 'right');
  const made = await aep('connection', 'ensure', shop, 'mysql', ...server, `password=${secret}`);
  expect(made).toMatchObject({ code: 0, stderr: '' });
  const [{ id }] = shops(rig, sandbox) as [{ id: string }];
  expect(made.stdout).toBe(`${shop} is ${id}: made, and AEP's test of it has passed.\n`);

  const shown = await aep('-o', 'json', 'connection', 'show', `${sandbox}/${id}`);
  expect(shown).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(shown.stdout)).toEqual({
    version: 1,
    id,
    name: 'Shop',
    source: { connector: 'mysql' },
    state: 'enabled',
    authType: 'Basic Authentication',
    createdAt: expect.any(Number) as number,
    isOurs: true,
  });
  expect(await aep('connection', 'test', shop)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('test of its credentials has passed') as string,
  });
  expect((await aep('connection', 'delete', shop)).stdout).toBe(`deleted ${id}\n`);
  expect(shops(rig, sandbox)).toEqual([]);
});

it("others' connections are shown, tested and never deleted, and what a source says of them is not told", async () => {
  const sandbox = next();
  const { connections } = administratorOf(rig).flowService;
  const connectionSpec = { id: '26d738e0-8963-47ea-aadf-c60de735468a', version: '1.0' };
  const params = { server: 'db', port: '1', database: 'd', username: 'u', password: 'c4nary-wrong' };
  const auth = { specName: 'Basic Authentication', params };
  const { id } = await connections.create({ sandbox }, { name: 'Theirs', connectionSpec, auth });
  expect((await aep('connection', 'show', `${sandbox}/Theirs`)).stdout).toContain('made by others');
  const none = await aep('connection', 'show', `${sandbox}/Their`);
  expect(none).toMatchObject({ code: 3, stdout: '' });
  expect(none.stderr).toContain('did you mean "Theirs"?');
  const tested = await aep('connection', 'test', `${sandbox}/Theirs`);
  expect(tested).toMatchObject({ code: 1, stdout: '' });
  expect(tested.stderr).toMatch(/^Rejected: .*CONNECTOR-1308-400/);
  expect(tested.stderr).not.toContain('c4nary');
  const kept = await aep('connection', 'delete', `${sandbox}/Theirs`);
  expect(kept).toMatchObject({ code: 4, stdout: expect.stringContaining(`stays: ${id}`) as string });
});

it('credentials that the source refuses are told by the place to look at, and not by what stands there', async () => {
  const { secret } = await rig.keep('bad', 'c4nary-wrong');
  const shop = `${next()}/Shop`;
  const refused = await aep('connection', 'ensure', shop, 'mysql', ...server, `password=${secret}`);
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toContain(secret);
  expect(refused.stderr).not.toContain('c4nary');
});

it('a secret that is typed, and params that do not fit, are told with what to type, and nothing is asked', async () => {
  const sandbox = next();
  const shop = `${sandbox}/Shop`;
  const ensure = (...args: string[]) => aep('connection', 'ensure', shop, ...args);
  const typed = await ensure('mysql', ...server, 'password=c4nary-typed');
  expect(typed).toMatchObject({ code: 3, stdout: '' });
  expect(typed.stderr).toContain('password=env:NAME or password=file:/run/secrets/NAME');
  const relative = await ensure('mysql', 'servr=db', 'password=file:shop');
  expect(relative.code).toBe(3);
  expect(relative.stderr).toContain('password: must name the file by its whole path on the worker');
  expect(relative.stderr).toContain('servr: is no param of mysql; did you mean "server"?');
  expect(relative.stderr).not.toContain('should be changed');
  const bare = await ensure('mysql', ...server, 'c4nary-typed');
  expect(bare).toMatchObject({ code: 1, stderr: expect.stringContaining('NAME=VALUE') as string });
  for (const { stderr } of [typed, bare]) expect(stderr).not.toContain('c4nary');
  const missing = await ensure('mysql', 'server=db.example.com');
  expect(missing.code).toBe(1);
  expect(missing.stderr).toContain('server=… port=… database=… username=… password=env:NAME [sslMode=…]');
  expect(await ensure('mysq')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('did you mean "mysql"?') as string,
  });
  expect(await ensure(crypto.randomUUID(), 'host=x')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('--auth') as string,
  });
  expect(await aep('connection', 'ensure', 'Shop', 'mysql')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('SANDBOX/NAME') as string,
  });
  expect(requestsIn(rig, sandbox)).toEqual([]);
});

it('what could not be suggested is made by nobody', async () => {
  const script = `"$1" "$2" suggest ${sandboxes[0]!}/None orders | "$1" "$2" create -`;
  const piped = await printedBy('sh', ['-c', script, 'sh', process.execPath, main], {
    env: { ...process.env, ...rig.temporal.env },
  });
  expect(piped).toMatchObject({ code: 1, stdout: '' });
  expect(piped.stderr).toContain('standard input is empty');
});

it('a connector that has no base connection is explored by its own name', async () => {
  const explored = await aep('-o', 'json', 'explore', `${sandboxes[0]!}/data-landing-zone`);
  expect(explored).toMatchObject({ code: 0 });
  expect(JSON.parse(explored.stdout)).toMatchObject({ source: { connector: 'data-landing-zone' } });
});
