import type { Ajv, AnySchemaObject, ErrorObject } from 'ajv';

const SHOWN = 4;

/**
 * What is wrong with a value that a schema refuses, each fault with its path. Of a choice only the branch that was
 * meant is told of: the one of the value's own `type` or `role`, and of several the one that comes nearest.
 * @param schemas made with `verbose`
 */
export function faultsOf(schemas: Ajv, errors: readonly ErrorObject[], above = ''): string[] {
  const choices = errors.filter(({ keyword }) => keyword === 'anyOf');
  const outer = choices.filter((one) => !choices.some((other) => isInside(one, other)));
  const plain = errors.filter(
    (one) => !outer.some((choice) => one === choice || isWithin(one.instancePath, choice.instancePath)),
  );
  const chosen = outer.flatMap((choice) => faultsOfMeant(schemas, choice, above));
  return [...new Set([...plain.map((error) => worded(error, above)), ...chosen])].slice(0, SHOWN);
}

const isWithin = (path: string, outer: string) => path === outer || path.startsWith(`${outer}/`);

const isInside = (one: ErrorObject, other: ErrorObject) =>
  one !== other &&
  (one.instancePath === other.instancePath
    ? one.schemaPath.startsWith(`${other.schemaPath}/`)
    : isWithin(one.instancePath, other.instancePath));

function faultsOfMeant(schemas: Ajv, choice: ErrorObject, above: string): string[] {
  const branches = choice.schema as AnySchemaObject[];
  const tried = branches.map((branch) => {
    const validate = schemas.compile(branch);
    return validate(choice.data) ? [] : (validate.errors ?? []);
  });
  const meant = tried.filter((errors) => !errors.some(isOfAnother));
  const [nearest] = meant.sort((a, b) => atTop(a) - atTop(b) || a.length - b.length);
  if (!nearest)
    return [`${above}${choice.instancePath} ${JSON.stringify(choice.data).slice(0, 80)} fits no branch`];
  return faultsOf(schemas, nearest, above + choice.instancePath);
}

/** Fields that are missing or unknown: signs of another kind of value, as faults deep inside are not. */
const atTop = (errors: readonly ErrorObject[]) =>
  errors.filter(({ instancePath }) => instancePath === '').length;

/** The branch is for values of another kind. */
const isOfAnother = ({ keyword, instancePath }: ErrorObject) =>
  (keyword === 'const' && /^\/(?:type|role|object)$/.test(instancePath)) ||
  (keyword === 'type' && instancePath === '');

const worded = ({ instancePath, message, params }: ErrorObject, above: string) =>
  `${above}${instancePath} ${message} ${JSON.stringify(params)}`.trimStart();
