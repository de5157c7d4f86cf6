/** What Data Prep's expression language has, as its endpoints list it: names and kinds from the page on mapping functions. */

const functionsByCategory: Record<string, string> = {
  String:
    'concat explode instr replacestr substr lower lcase upper ucase split join lpad rpad left right ltrim rtrim trim equals equalsIgnoreCase',
  'Regular expression': 'extract_regex matches_regex',
  Hashing: 'sha1 sha256 sha512 md5 crc32',
  URL: 'get_url_protocol get_url_host get_url_port get_url_path get_url_query_str get_url_encoded get_url_decoded',
  'Date / Time':
    'now timestamp format dformat date date_part set_date_part make_date_time zone_date_to_utc zone_date_to_zone',
  'Hierarchies - Objects':
    'is_empty arrays_to_object to_object str_to_object contains_key nullify get_keys get_values map_get_values map_has_keys add_to_map',
  'Hierarchies - Arrays':
    'coalesce first last add_to_array join_arrays to_array size_of upsert_array_append upsert_array_replace',
  'Logical operators': 'decode iif',
  Aggregation: 'min max',
  'Type conversions': 'to_bigint to_decimal to_float to_integer',
  JSON: 'json_to_object',
  'Special operations': 'uuid guid fpid_to_ecid',
  'User agent':
    'ua_os_name ua_os_version_major ua_os_version ua_os_name_version ua_agent_version ua_agent_version_major ua_agent_name ua_device_class',
  Analytics:
    'aa_get_event_id aa_get_event_value aa_get_product_categories aa_get_product_names aa_get_product_quantities aa_get_product_prices aa_get_product_event_values aa_get_product_evars',
};

// Guess beyond category and name: the descriptions are Adobe's own.
export const functions = Object.entries(functionsByCategory).flatMap(([category, names]) =>
  names.split(' ').map((name) => ({
    category,
    function: name,
    description: '',
    syntax: '',
    returns: '',
    returnType: 'java.lang.Object',
    example: '',
    result: '',
    params: [],
    since: 1,
  })),
);

const binary = (operatorSymbol: string, methodName: string) => ({
  operatorSymbol,
  methodName,
  numberOfOperands: 2,
  description: '',
  example: `1 ${operatorSymbol} 2`,
});
const unary = (operatorSymbol: string, methodName: string, operand: string) => ({
  operatorSymbol,
  methodName,
  numberOfOperands: 1,
  description: '',
  example: `${operatorSymbol}${operand}`,
});

// Guess beyond `+`, `/`, `~`, `-` and `!`, which a shortened sample shows: the rest as in JEXL.
export const operators = [
  binary('+', 'add'),
  binary('-', 'subtract'),
  binary('*', 'multiply'),
  binary('/', 'divide'),
  binary('%', 'mod'),
  binary('==', 'equals'),
  binary('!=', 'notEquals'),
  binary('<', 'lessThan'),
  binary('<=', 'lessThanOrEqual'),
  binary('>', 'greaterThan'),
  binary('>=', 'greaterThanOrEqual'),
  binary('&&', 'and'),
  binary('||', 'or'),
  unary('~', 'complement', '44'),
  unary('-', 'negate', '12'),
  unary('!', 'not', 'cond1'),
];
