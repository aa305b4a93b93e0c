import { roleWords } from "#components/identity/role-words.ts";
import { Field } from "#components/ui/field.tsx";
import { Select } from "#components/ui/select.tsx";
import { type Role, roles } from "#server/domain/permissions.ts";

const options = roles.map((role) => ({
  value: role,
  label: roleWords[role].label,
  hint: roleWords[role].may.charAt(0).toUpperCase() + roleWords[role].may.slice(1),
}));

export function RoleField({ value, onChange }: { value: Role; onChange: (role: Role) => void }) {
  return (
    <Field label="Role">
      <Select options={options} value={value} onValueChange={onChange} />
    </Field>
  );
}
