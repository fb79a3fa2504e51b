output "target_roles" {
  description = "ARNs of the target roles, by name."
  value       = { for name, role in aws_iam_role.target : name => role.arn }
}

output "boundary" {
  description = "ARN of the permissions boundary, where live sessions can be ended; else null."
  value       = one(aws_iam_policy.boundary[*].arn)
}
