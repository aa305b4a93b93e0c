import { roleWords } from "#components/identity/role-words.ts";
import { Select } from "#components/ui/select.tsx";
import { type Role, roles } from "#server/domain/permissions.ts";

const options = roles.map((role) => ({
  value: role,
  label: roleWords[role].label,
  hint: roleWords[role].may.charAt(0).toUpperCase() + roleWords[role].may.slice(1),
}));

export function RoleSelect({ value, onChange }: { value: Role; onChange: (role: Role) => void }) {
  return <Select options={options} value={value} onValueChange={onChange} className="w-full" />;
}
