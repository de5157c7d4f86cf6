/** The functions of Data Prep, worked out through `preview`: what Adobe's list of them says they make. */
import { expect, test } from 'vitest';
import { rehearsal } from './client.ts';
import type { Json } from './client.ts';

const { client } = await rehearsal({ clockSpeed: 0, now: Date.UTC(2026, 0, 31, 12, 30, 15, 500) });

const row = {
  stateCode: 'pa',
  born: '31.12.1990',
  bought: '2024-05-05 20:39:00.005-0800',
  nothing: null,
  orders: [{ id: 1 }, { id: 2 }],
  evars: { evar: { field1: 'x' } },
};

/** What the expression makes, or why it makes nothing. A list keeps numbers from becoming texts. */
async function made(source: string): Promise<Json> {
  const mappings = [{ sourceType: 'EXPRESSION', source: `[${source}]`, destination: 'x' }];
  const { body } = await client.post('/conversion/mappingSets/preview', {
    data: [row],
    mappingSet: { mappings },
  });
  return body[0].errors === null ? body[0].data.x[0] : body[0].errors[0].exception;
}

const agent = 'Mozilla/5.0 (iPhone; CPU iPhone OS 5_1_1 like Mac OS X)';

test.each<[string, Json]>([
  ['concat("Hi, ", "there", "!")', 'Hi, there!'],
  ['explode("Hi, there!", " ")', ['Hi,', 'there!']],
  ['instr("adobe.com", "com")', 6],
  ['instr("a-b-c", "-", 0, 2)', 3],
  ['replacestr("This is a string re test", "re", "replace")', 'This is a string replace test'],
  ['substr("This is a substring test", 7, 8)', ' a subst'],
  ['lower("HeLLo")', 'hello'],
  ['ucase("HeLLo")', 'HELLO'],
  ['split("Hello world;again", " ;")', ['Hello', 'world', 'again']],
  ['join(" ", to_array(true, "Hello", "world"))', 'Hello world'],
  ['lpad("bat", 8, "yz")', 'yzyzybat'],
  ['rpad("bat", 8, "yz")', 'batyzyzy'],
  ['left("abcde", 2)', 'ab'],
  ['right("abcde", 2)', 'de'],
  ['concat(ltrim(" a "), rtrim(" b "), trim(" c "))', 'a  bc'],
  ['"string1".equals("STRING1")', false],
  ['extract_regex("E259,E259B_009,1_1", "([^,]+),[^,]*,([^,]+)")', ['E259,E259B_009,1_1', 'E259', '1_1']],
  ['matches_regex("E259,E259B_009,1_1", "([^,]+),[^,]*,([^,]+)")', true],
  ['matches_regex("E259", "E2")', false],
  ['sha1("my text", "UTF-8")', 'c3599c11e47719df18a2448690840c5dfcce3c80'],
  ['sha256("my text")', '7330d2b39ca35eaf4cb95fc846c21ee6a39af698154a83a586ee270a0d372104'],
  ['md5("my text", "UTF-8")', 'd3b96ce8c9fb4e9bd0198d03ba6852c7'],
  ['crc32("my text", "UTF-8")', '8df92e80'],
  ['get_url_protocol("https://platform.adobe.com/home")', 'https'],
  ['get_url_host("https://platform.adobe.com/home")', 'platform.adobe.com'],
  ['get_url_host("no address")', null],
  ['get_url_port("sftp://example.com//home/joe/employee.csv")', 22],
  ['get_url_path("sftp://example.com//home/joe/employee.csv")', '//home/joe/employee.csv'],
  ['get_url_path("sftp://example.com//home/joe/employee.csv", false)', 'employee.csv'],
  [
    'get_url_query_str("foo://example.com:8042/over/there?name=ferret#nose", "retain")',
    { name: 'ferret#nose' },
  ],
  ['get_url_query_str("foo://example.com:8042/over/there?name=ferret#nose", "remove")', { name: 'ferret' }],
  [
    'get_url_query_str("foo://example.com:8042/over/there?name=ferret#nose", "append")',
    { name: 'ferret', _anchor_: 'nose' },
  ],
  ['now()', '2026-01-31T12:30:15Z'],
  ['timestamp()', Date.UTC(2026, 0, 31, 12, 30, 15, 500)],
  ['format(2019-10-23T11:24:00+00:00, "yyyy-MM-dd HH:mm:ss")', '2019-10-23 11:24:00'],
  [`dformat(1571829875000, "yyyy-MM-dd'T'HH:mm:ss.SSSX")`, '2019-10-23T11:24:35.000Z'],
  ['date("2019-10-23 11:24", "yyyy-MM-dd HH:mm", now())', '2019-10-23T11:24:00Z'],
  ['date("2019-10-23 11:24")', '2019-10-23T11:24:00Z'],
  ['date(nothing, "yyyy-MM-dd", now())', '2026-01-31T12:30:15Z'],
  ['date(born)', '1990-12-31T00:00:00Z'],
  ['date(born, "dd.MM.yyyy")', '1990-12-31T00:00:00Z'],
  ['date("12112020")', '2020-12-11T00:00:00Z'],
  ['date("12112020", "ddMMyyyy")', '2020-11-12T00:00:00Z'],
  ['date("5-Mar-2024", "d-MMM-yyyy")', '2024-03-05T00:00:00Z'],
  ['date("3/05/2024 02:15:00 PM")', '2024-03-05T14:15:00Z'],
  ['date(bought)', '2024-05-05T20:39:00.005-08:00'],
  ['date("2024-05-05T20:39:00.500Z", "yyyy-MM-dd\'T\'HH:mm:ss.SSSX")', '2024-05-05T20:39:00.500Z'],
  ['zone_date_to_utc(date(bought))', '2024-05-06T04:39:00.005Z'],
  ['zone_date_to_zone("2024-07-01T12:00:00Z", "Europe/Paris")', '2024-07-01T14:00:00+02:00'],
  ['date_part("MM", date("2019-10-17 11:55:12"))', 10],
  ['date_part("hh12", date("2019-10-17 23:55:12"))', 11],
  ['set_date_part("m", 4, date("2016-11-09T11:44:44"))', '2016-04-09T11:44:44Z'],
  ['make_date_time(2019, 10, 17, 11, 55, 12, 999, "America/Los_Angeles")', '2019-10-17T11:55:12-07:00'],
  ['size_of([1, 2, 3, 4])', 4],
  ['is_empty([1, null, 2, 3])', false],
  [
    String.raw`arrays_to_objects('sku', explode("id1|id2", '\\|'), 'price', [22.5,14.35])`,
    [
      { sku: 'id1', price: 22.5 },
      { sku: 'id2', price: 14.35 },
    ],
  ],
  ['to_object("firstName", "John", "lastName", "Doe")', { firstName: 'John', lastName: 'Doe' }],
  [
    'str_to_object("firstName=John,lastName=Doe,phone=123 456 7890", "=", ",")',
    { firstName: 'John', lastName: 'Doe', phone: '123 456 7890' },
  ],
  ['str_to_object("firstName - John ; lastName - ; phone - 123", "-", ";").get("firstName")', 'John'],
  ['contains_key("evars.evar.field1")', true],
  ['contains_key("evars.evar.field2")', false],
  ['nullify()', null],
  ['get_keys({"book1": "Pride and Prejudice", "book2": "1984"})', ['book1', 'book2']],
  ['get_values("firstName - John , lastName - Cena , phone - 555 420 8692", "firstName", "-", ",")', 'John'],
  ["map_get_values({'a': 1, 'b': 2}, 'b')", 2],
  ["map_has_keys({'a': 1}, 'b')", false],
  ['coalesce(null, nothing, "first", null, "second")', 'first'],
  ['first("1", "2", "3")', '1'],
  ['last("1", "2", "3")', '3'],
  ["add_to_array(['a', 'b'], 'c', 'd')", ['a', 'b', 'c', 'd']],
  ["join_arrays(['a', 'b'], ['c'], ['d', 'e'])", ['a', 'b', 'c', 'd', 'e']],
  ['to_array(false, 1, null, 2, 3)', [1, 2, 3]],
  ['decode(stateCode, "ca", "California", "pa", "Pennsylvania", "N/A")', 'Pennsylvania'],
  ['decode("tx", "ca", "California", "pa", "Pennsylvania", "N/A")', 'N/A'],
  ['iif("s".equalsIgnoreCase("S"), "True", "False")', 'True'],
  ['min(3, 1, 4)', 1],
  ['max(3, 1, 4)', 4],
  ['to_bigint("1000000.34")', 1000000.34],
  ['to_decimal("20.5")', 20.5],
  ['to_integer("12")', 12],
  ['to_integer(nothing)', null],
  [
    'json_to_object({"info":{"firstName":"John","lastName": "Doe"}})',
    { info: { firstName: 'John', lastName: 'Doe' } },
  ],
  [`json_to_object('{"a": [1]}')`, { a: [1] }],
  ['orders[*].id', [1, 2]],
  ['orders[1].id', 2],
  ['stateCode =~ "p."', true],
  ['"pa" !~ ["ca", "tx"]', true],
  ['stateCode =^ "p" && stateCode =$ "a"', true],
  ['~44 & 6 | 1', 3],
  ['upper(nothing)', null],
])('%s makes %j', async (source, expected) => {
  expect(await made(source)).toEqual(expected);
});

test.each([
  ['date(born, "MM/dd/yyyy")', '"31.12.1990" is no date of the form MM/dd/yyyy'],
  // The week's year and the day of the year, which is not what was meant.
  ['date("2024-01-08", "YYYY-MM-DD")', 'is no date of the form YYYY-MM-DD'],
  ['date("soon")', '"soon" is no date in a form that Data Prep knows'],
  ['date("2024", "yyyyF")', "can't work out the date format letter F"],
  ['to_integer("twelve")', '"twelve" is no number'],
  ['json_to_object("{")', 'is no JSON'],
  ['zone_date_to_zone(now(), "Mars/Olympus")', '"Mars/Olympus" is no time zone'],
  ['make_date_time(2023, 2, 29, 0, 0, 0, 0, "UTC")', 'there is no such date'],
  ['date_part("fortnight", now())', '"fortnight" is no part of a date'],
  ['sha1("x", "UTF-16")', "can't work out the charset UTF-16"],
  [`ua_os_name("${agent}")`, "can't work out ua_os_name"],
  ['if (a) { b }', 'is a reserved word'],
])('%s fails: %s', async (source, why) => {
  expect(await made(source)).toContain(why);
});

test('uuid makes another one each time', async () => {
  expect(await made('uuid()')).toMatch(/^[\da-f-]{36}$/);
  expect(await made('uuid()')).not.toBe(await made('guid()'));
});
