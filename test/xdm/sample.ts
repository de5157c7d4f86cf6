/** A field group as AEP answers it expanded, in the shapes that Adobe's pages show. */
const text = { type: 'string', 'meta:xdmType': 'string' };
const date = { type: 'string', format: 'date', 'meta:xdmType': 'date' };
const dateTime = { type: 'string', format: 'date-time', 'meta:xdmType': 'date-time' };
const object = (properties: object) => ({ type: 'object', 'meta:xdmType': 'object', properties });
const list = (items: object) => ({ type: 'array', 'meta:xdmType': 'array', items });

export const answer = {
  $id: 'https://ns.adobe.com/emulator/mixins/1',
  ...object({
    _id: text,
    _repo: object({ createDate: dateTime }),
    person: object({
      name: object({ firstName: text, fullName: text }),
      status: text,
      birthDate: date,
      birthYear: { type: 'integer', 'meta:xdmType': 'int' },
      active: { type: 'boolean', 'meta:xdmType': 'boolean' },
    }),
    organizations: list(text),
    productListItems: list(
      object({
        SKU: text,
        priceTotal: { type: 'number' },
        productCategories: list(object({ categoryID: text })),
      }),
    ),
    identityMap: {
      type: 'object',
      'meta:xdmType': 'map',
      additionalProperties: list(object({ id: text })),
    },
    faxPhone: { type: 'object', 'meta:xdmType': 'object', properties: {}, 'meta:status': 'deprecated' },
    _tenant: object({
      status: text,
      loyalty: object({ discounts: list(object({ value: { type: 'number' } })), 'tier.name': text }),
    }),
  }),
};
