/** What a function takes. */
export interface Signature {
  name: string;
  /** As it is told: `instr(input, substring, start?, occurrence?)`. */
  written: string;
  least: number;
  /** Infinity where it takes any number. */
  most: number;
}

/*
 * Adobe's page "Data Prep mapping functions" (help/data-prep/functions.md of its documentation) as of its commit 2d640b28,
 * read in November 2026. `?` marks what can be left out, `...` what there can be any number of. Where the page says one
 * thing in its table and another in its samples, both are taken: what is listed here refuses.
 */
const written = [
  'concat(strings...)',
  'explode(string, regex?)',
  'instr(input, substring, start?, occurrence?)',
  'replacestr(input, find, replacement)',
  'substr(input, start, length)',
  'lower(input)',
  'lcase(input)',
  'upper(input)',
  'ucase(input)',
  'split(input, separator)',
  'join(separator, objects...)',
  'lpad(input, count, padding)',
  'rpad(input, count, padding)',
  'left(string, count)',
  'right(string, count)',
  'ltrim(string)',
  'rtrim(string)',
  'trim(string)',
  // Methods of a text in every sample, and functions by the name of their table.
  'equals(string, string?)',
  'equalsIgnoreCase(string, string?)',
  'extract_regex(string, regex)',
  'matches_regex(string, regex)',
  'sha1(input, charset?)',
  'sha256(input, charset?)',
  'sha512(input, charset?)',
  'md5(input, charset?)',
  'crc32(input, charset?)',
  'get_url_protocol(url)',
  'get_url_host(url)',
  'get_url_port(url)',
  'get_url_path(url, full?)',
  'get_url_query_str(url, anchor)',
  'get_url_encoded(url)',
  'get_url_decoded(url)',
  'now()',
  'timestamp()',
  'format(date, format)',
  'dformat(timestamp, format)',
  'date(date, format?, default?)',
  'date_part(component, date)',
  'set_date_part(component, value, date)',
  // The table leaves out the second, its syntax and sample do not.
  'make_date_time(year, month, day, hour, minute, second, nanosecond, timezone?)',
  'make_timestamp(year, month, day, hour, minute, second, nanosecond, timezone?)',
  'zone_date_to_utc(date, zone?)',
  'zone_date_to_zone(date, zone)',
  'is_empty(input)',
  'arrays_to_object(keysAndArrays...)',
  'arrays_to_objects(keysAndArrays...)',
  'to_object(keysAndValues...)',
  'str_to_object(string, valueDelimiter?, fieldDelimiter?)',
  'contains_key(path)',
  'is_set(path)',
  'nullify()',
  'get_keys(object)',
  'get_values(string, key, valueDelimiter?, fieldDelimiter?)',
  'map_get_values(map, key)',
  'map_has_keys(map, key)',
  'add_to_map(maps...)',
  'object_to_map(object, more...)',
  'array_to_map(objects, key)',
  'to_map(keysAndValues...)',
  'coalesce(inputs...)',
  'first(inputs...)',
  'last(inputs...)',
  'add_to_array(array, values...)',
  'join_arrays(array, arrays...)',
  'to_array(includeNulls, values...)',
  'size_of(input)',
  'upsert_array_append(array)',
  'upsert_array_replace(array, index?)',
  'array_to_string(separator, array)',
  'filterArray(array, predicate)',
  'transformArray(array, function)',
  'flattenArray(array)',
  'decode(key, options...)',
  'iif(condition, whenTrue, whenFalse)',
  'min(values...)',
  'max(values...)',
  'to_bigint(string)',
  'to_decimal(string)',
  'to_float(string)',
  'to_integer(string)',
  'json_to_object(string)',
  'uuid()',
  'guid()',
  'fpid_to_ecid(string)',
  'ua_os_name(userAgent)',
  'ua_os_version_major(userAgent)',
  'ua_os_version_majors(userAgent)',
  'ua_os_version(userAgent)',
  'ua_os_name_version(userAgent)',
  'ua_agent_version(userAgent)',
  'ua_agent_version_major(userAgent)',
  'ua_agent_name(userAgent)',
  'ua_device_class(userAgent)',
  'aa_get_event_id(events, name)',
  'aa_get_event_value(events, name)',
  'aa_get_product_categories(products)',
  'aa_get_product_names(products)',
  'aa_get_product_quantities(products)',
  'aa_get_product_prices(products)',
  'aa_get_product_event_values(products, name)',
  'aa_get_product_evars(products, name)',
];

/** The functions of Data Prep, by name. */
export const functions: ReadonlyMap<string, Signature> = new Map(
  written.map((one) => {
    const [name = '', ...params] = one.split(/[(), ]+/).filter((part) => part !== '');
    const required = params.filter((param) => !/\?$|\.\.\.$/.test(param));
    const most = params.some((param) => param.endsWith('...')) ? Infinity : params.length;
    return [name, { name, written: one, least: required.length, most }];
  }),
);

/**
 * Words that Data Prep keeps for itself: a field of such a name must be wrapped as `${name}`. The same page's list; it counts
 * the functions among them.
 */
export const keywords: ReadonlySet<string> = new Set(
  `_errors and break continue div do else empty eq false for function ge gt if le lt mod ne new not null or return size
  true var while`.split(/\s+/),
);

export const reserved: ReadonlySet<string> = new Set([...keywords, ...functions.keys()]);
