export {
  allowedCommands,
  may,
  require,
  requireVisible,
  stampOf,
  visibleWhere,
  type VisibleWhere,
} from './access.ts';
export { rules, type Place, type Reach, type Rule } from './rules.ts';
