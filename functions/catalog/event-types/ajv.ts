import draft7 from 'ajv/dist/refs/json-schema-draft-07.json' with { type: 'json' };

export { Ajv } from 'ajv';
export { draft7 };
