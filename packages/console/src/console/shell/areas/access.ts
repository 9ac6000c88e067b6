export { PoliciesPage } from '../../access/policies-page.tsx';
export { PolicyPage } from '../../access/policy-page.tsx';
export { UserPage } from '../../access/user-page.tsx';
export { UsersPage } from '../../access/users-page.tsx';
