export {
  allowedCommands,
  may,
  require,
  requireVisible,
  stampOf,
  visibleWhere,
  type VisibleWhere,
} from './access.ts';
export { rules, type Command, type Place, type Resource, type Rule } from './rules.ts';
