import { describe, expect, test } from 'vitest';
import { maskedAt, secretProblems, secretsAsWritten } from '../../src/definition/secrets.ts';
import { fileSample, problemsOf, sample } from './sample.ts';

const secret = 'p8e-S3cret';
const withParams = (params: object) => ({ ...sample, source: { ...sample.source, params } });
const jwt = `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTYifQ.${secret.repeat(3)}`;

describe('a secret in a definition is refused, and no message shows it', () => {
  test.each<[string, unknown]>([
    ['source.params.password', withParams({ password: secret })],
    ['source.params.auth', withParams({ auth: { params: { a: secret } } })],
    ['source.params.deep[0].clientSecret', withParams({ deep: [{ clientSecret: secret }] })],
    ['source.params.s3_secret_key', withParams({ s3_secret_key: secret })],
    ['source.params.SAS Token', withParams({ 'SAS Token': secret })],
    ['source.params.accessToken', withParams({ accessToken: { value: secret } })],
    ['source.params.server', withParams({ server: `Server=x;Uid=me;Pwd=${secret};` })],
    ['source.params.url', withParams({ url: `https://blob.example.com/a?sv=1&sig=${secret}` })],
    [
      'source.data.properties.passPhrase',
      { ...fileSample, source: { ...fileSample.source, data: { properties: { passPhrase: secret } } } },
    ],
    ['description', { ...sample, description: `From sftp://me:${secret}@files.example.com/in` }],
    ['source.tableName', { ...sample, source: { ...sample.source, tableName: `jdbc://:${secret}@db/t` } }],
    [
      'mapping[0].expression',
      { ...sample, mapping: [{ expression: `concat("https://a:${secret}@x", Name)`, destination: '_id' }] },
    ],
    ['source.params.note', withParams({ note: `Bearer ${jwt}` })],
    ['source.params.note', withParams({ note: `-----BEGIN RSA PRIVATE KEY-----\n${secret}` })],
    [
      'description',
      { ...sample, description: `https://a.blob.example.net/in?sv=2024-11-04&sig=${secret}%3D` },
    ],
    ['description', { ...sample, description: `jdbc:sqlserver://db;user=sa;password=${secret}` }],
    // Wrong in another way as well: what is said of that quotes the value.
    ['schedule.interval', { ...sample, schedule: { frequency: 'hour', interval: `ftp://u:${secret}@h` } }],
    ['nowhere', { ...sample, nowhere: `ftp://u:${secret}@h` }],
  ])('in %s', (field, definition) => {
    const problems = problemsOf(definition);
    expect(problems).toEqual([{ field, message: expect.stringContaining('must hold no secret') as string }]);
    expect(JSON.stringify(problems)).not.toContain(secret);
  });

  test('beside all other problems', () => {
    const { name: _, ...nameless } = withParams({ password: secret });
    expect(problemsOf(nameless).map(({ field }) => field)).toEqual(['source.params.password', 'name']);
  });
});

describe('what only sounds like one passes', () => {
  test.each<[string, unknown]>([
    [
      'params of sources',
      withParams({ primaryKey: 'id', entityType: 'view', cdcEnabled: true, publicKeyId: 'x' }),
    ],
    ['a param that is empty', withParams({ password: null })],
    [
      'a column',
      { ...sample, source: { ...sample.source, columns: [{ name: 'password', type: 'string' }] } },
    ],
    [
      'a text',
      { ...sample, description: 'The password is in the vault: https://vault.example.com:8200/a@b' },
    ],
    [
      'an expression',
      { ...sample, mapping: [{ expression: 'iif(pwd == "x", Name, Name)', destination: '_id' }] },
    ],
    [
      'an expression that makes an address',
      {
        ...sample,
        mapping: [{ expression: 'concat("https://x/?password=", Name, "&sig=", Id)', destination: '_id' }],
      },
    ],
    ['a wildcard path', withParams({ path: 'in/*.csv?x=1;y=2' })],
  ])('%s', (_, definition) => {
    expect(secretProblems(definition as object)).toEqual([]);
  });
});

test('the longest text is searched in no time', () => {
  for (const piece of [
    '://',
    '://a:',
    'eyJ',
    '-----BEGIN ',
    ';password',
    '; ',
    'a',
    '?sig',
    '&sig=',
    ';password=a',
  ])
    secretProblems(withParams({ note: piece.repeat(1_000_000 / piece.length) }));
}, 2_000);

test('a key tells of a secret only in what AEP gets as it is, and a connection string there from its beginning on', () => {
  const fieldsOf = (input: unknown) => secretProblems(input).map(({ field }) => field);
  const keys = { password: 'x', token: '', jwt: null, auth: { a: [] } };
  expect(fieldsOf({ source: { params: keys } })).toEqual(['source.params.password', 'source.params.auth']);
  expect(fieldsOf({ source: { data: { properties: keys } } })).toEqual([
    'source.data.properties.password',
    'source.data.properties.auth',
  ]);
  for (const input of [
    keys,
    { source: keys },
    { source: { filters: keys } },
    { target: { params: keys } },
    { source: { more: { params: keys } } },
  ])
    expect(fieldsOf(input)).toEqual([]);
  const text = 'Password = x';
  expect(fieldsOf({ source: { params: { a: [text] } } })).toEqual(['source.params.a[0]']);
  expect(fieldsOf({ source: { tableName: text } })).toEqual([]);
  expect(fieldsOf({ source: { params: { a: [5, true, null, undefined] } } })).toEqual([]);
  const host = 'loader:a-made-up-one@db.example.com';
  expect(fieldsOf({ source: { params: { server: host } } })).toEqual(['source.params.server']);
  expect(fieldsOf({ source: { tableName: host } })).toEqual([]);
  for (const fine of ['mailto:a@b.example', 'loader@db:3306', 'arn:aws:sts::1:assumed-role/a/b@c.example'])
    expect(fieldsOf({ source: { params: { server: fine } } })).toEqual([]);
});

test.each<[string, unknown, unknown]>([
  ['params.password', secret, '[redacted]'],
  ['auth.params.pwd.value', { a: 1 }, '[redacted]'],
  ['password', 7, '[redacted]'],
  ['password', '', ''],
  ['password', null, null],
  ['password', undefined, undefined],
  ['params.tableName', 'orders', 'orders'],
  ['params.tableName', null, null],
  ['params.server', `Server=x;Pwd=${secret}`, '[redacted]'],
  [
    'params',
    { password: secret, rows: [1, `https://u:${secret}@h`, null, true] },
    { password: '[redacted]', rows: [1, '[redacted]', null, true] },
  ],
])('what AEP has at %s is shown without a secret: %j', (path, value, shown) => {
  expect(maskedAt(path, value)).toStrictEqual(shown);
});

test('a secret in credentials is told once, with how to refer to it', () => {
  const params = { server: `mysql://u:${secret}@db` };
  const connection = { name: 'Shop', auth: { type: 'Basic Authentication', params } };
  expect(secretProblems({ source: { connector: 'mysql', connection } })).toEqual([
    {
      field: 'source.connection.auth.params.server',
      message: expect.stringContaining('{"secret": "env:NAME"}') as string,
    },
  ]);
});

describe('credentials as they are written', () => {
  const auth = { type: 'Basic Authentication', params: { username: 'me', password: secret } };
  test.each<[unknown, string[]]>([
    [{ connector: 'mysql', auth }, ['auth.params.password']],
    [{ connector: 7, auth }, ['auth.params.password']],
    [{ connector: 'mysql', auth: secret }, ['auth']],
    [{ connector: 'mysql', auth: { params: secret } }, ['auth.params']],
    [{ connector: 'mysql', auth: { params: [secret] } }, []],
    [{ connector: 'mysql', auth: null }, []],
    [{ auth: { params: { password: null, apiKey: '', jwt: { secret: 'env:JWT' } } } }, []],
    [
      { auth: { params: { password: { secret: 7 }, apiKey: { value: 1 } } } },
      ['auth.params.password.secret', 'auth.params.apiKey'],
    ],
    // AEP's own table says what is a secret, where it has the param.
    [{ connector: 'amazon-s3', auth: { type: 'Access Key', params: { s3AccessKey: 'x' } } }, []],
    [
      { connector: 'amazon-s3', auth: { type: 'Other', params: { s3AccessKey: 'x' } } },
      ['auth.params.s3AccessKey'],
    ],
    [
      { connector: 'amazon-s3', auth: { type: 'Access Key', params: { password: 'x', note: 7 } } },
      ['auth.params.password'],
    ],
    [null, []],
  ])('of %j are told where a reference belongs', (input, fields) => {
    expect(secretsAsWritten(input).map(({ field }) => field)).toEqual(fields);
  });
});
