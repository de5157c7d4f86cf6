/**
 * Words that Data Prep keeps for itself: a field of such a name must be wrapped as `${name}`. The list of Adobe's page
 * on mapping functions; that page counts the functions themselves among them.
 */
export const keywords: ReadonlySet<string> = new Set(
  `_errors and break continue div do else empty eq false for function ge gt if le lt mod ne new not null or return size
  true var while`.split(/\s+/),
);

const functions = `aa_get_event_id aa_get_event_value aa_get_product_categories aa_get_product_event_values
  aa_get_product_evars aa_get_product_names aa_get_product_prices aa_get_product_quantities add_to_array add_to_map
  array_to_map array_to_string arrays_to_object arrays_to_objects coalesce concat contains_key crc32 date date_part
  decode dformat equals equalsIgnoreCase explode extract_regex filterArray first flattenArray format fpid_to_ecid
  get_keys get_url_decoded get_url_encoded get_url_host get_url_path get_url_port get_url_protocol get_url_query_str
  get_values guid iif instr is_empty is_set join join_arrays json_to_object last lcase left lower lpad ltrim
  make_date_time make_timestamp map_get_values map_has_keys matches_regex max md5 min now nullify object_to_map
  replacestr right rpad rtrim set_date_part sha1 sha256 sha512 size_of split str_to_object substr timestamp to_array
  to_bigint to_decimal to_float to_integer to_map to_object transformArray trim ua_agent_name ua_agent_version
  ua_agent_version_major ua_device_class ua_os_name ua_os_name_version ua_os_version ua_os_version_major ucase upper
  upsert_array_append upsert_array_replace uuid zone_date_to_utc zone_date_to_zone`.split(/\s+/);

export const reserved: ReadonlySet<string> = new Set([...keywords, ...functions]);
