import { describe, expect, test } from 'vitest';
import { readExpression } from '../../src/data-prep/expression.ts';
import { documentedExpressions, misprints } from '../emulator/expressions.ts';
import { fileSample, problemsOf, sample } from './sample.ts';

const told = (expression: string, of: object = fileSample) =>
  problemsOf({ ...of, mapping: [{ expression, destination: '_id' }] });

describe('an expression', () => {
  test('of Adobe’s pages is taken', () => {
    expect(documentedExpressions.filter((expression) => told(expression).length > 0)).toEqual([]);
  });

  test.each([
    'json_to_object(${opportunityEvent\\.dataValueChanges})',
    'iif(sfdc.crmId != null && sfdc.crmId != "", to_object("sourceType", "${CRM_TYPE}", "sourceKey", concat(sfdc.crmId,"@${CRM_ORG_ID}.${CRM_TYPE}")), null)',
    'iif(${web\\.ecid} != null, to_object(\'ECID\', arrays_to_objects("id", explode(last(split(${web\\.ecid}, ":")), " "))), null)',
    'decode(sfdcType, "Contact", sfdcContactId, "Lead", sfdcLeadId , "")',
    'iif(gendercode.equals("1"),"male",iif(gendercode.equals("2"),"female",null))',
    'zone_date_to_utc(2019-10-17T11:55:12.000000999-07:00[America/Los_Angeles])',
  ])('of Adobe’s field mappings of sources is taken: %s', (expression) => {
    expect(told(expression)).toEqual([]);
    expect(readExpression(expression)).not.toEqual({ columns: [], calls: [] });
  });

  test('that is printed with a slip there is refused where that leaves it open', () => {
    expect(misprints.map(([expression]) => told(expression).map(({ message }) => message))).toEqual([
      ['must be whole; at character 28, the text that begins there has no end'],
      ['must be whole; at character 14, the "(" there is never closed'],
      ['must be whole; at character 17, the "(" there is never closed'],
      [],
    ]);
  });

  test.each([
    ['uper(a)', 'must call functions of Data Prep; at character 1, "uper" is none; did you mean "upper"?'],
    ['f(CONCAT(a))', 'at character 3, "CONCAT" is none; did you mean "concat"?'],
    ['zzzzzzzz(a)', 'must call functions of Data Prep; at character 1, "zzzzzzzz" is none'],
    [
      'substr(a, 1)',
      'must give functions what they take; at character 1, substr(input, start, length) takes 3 arguments, not 2',
    ],
    ['upper()', 'upper(input) takes 1 argument, not 0'],
    ['now(1)', 'now() takes no arguments, not 1'],
    ['instr(a)', 'instr(input, substring, start?, occurrence?) takes 2 to 4 arguments, not 1'],
    ['join()', 'join(separator, objects...) takes at least 1, not 0'],
    ['concat(a', 'must be whole; at character 7, the "(" there is never closed'],
  ])('%s is refused before any call: %s', (expression, message) => {
    const problems = told(expression);
    expect(problems.map(({ field }) => field)).toContain('mapping[0].expression');
    expect(problems.at(-1)!.message).toContain(message);
  });

  test('has all that is wrong with it told at once, and a column beside a function', () => {
    const columns = ['Name', 'Datefield'].map((name) => ({ name, type: 'string' }));
    const of = { ...sample, source: { ...sample.source, columns } };
    expect(told('concat(uper(Nme), left(Name), trim(Name))', of)).toEqual([
      {
        field: 'mapping[0].expression',
        message: 'must name only columns; at character 13, "Nme" is not among them; did you mean "Name"?',
      },
      {
        field: 'mapping[0].expression',
        message: 'must call functions of Data Prep; at character 8, "uper" is none; did you mean "upper"?',
      },
      {
        field: 'mapping[0].expression',
        message:
          'must give functions what they take; at character 19, left(string, count) takes 2 arguments, not 1',
      },
    ]);
  });

  test('of fifty mistakes has a suggestion for each', () => {
    const problems = told(Array.from({ length: 50 }, () => 'uper(a)').join(' + '));
    expect(problems).toHaveLength(50);
    expect(problems.every(({ message }) => message.includes('"upper"'))).toBe(true);
  });
});
