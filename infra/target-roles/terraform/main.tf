data "aws_partition" "current" {}
data "aws_caller_identity" "current" {}

locals {
  partition = data.aws_partition.current.partition
  account   = data.aws_caller_identity.current.account_id

  sessions_role = "arn:${local.partition}:iam::${var.broker_account}:role/${var.name}-sessions"
  enforce_role  = "arn:${local.partition}:iam::${var.broker_account}:role/${var.name}-enforce"

  # NB. A statement for each action, because each knows other condition keys.
  target_trust = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "SessionsOfTheBroker"
        Effect    = "Allow"
        Principal = { AWS = local.sessions_role }
        Action    = "sts:AssumeRole"
        Condition = {
          StringEquals = { "sts:ExternalId" = var.external_ids }
          StringLike = {
            "sts:SourceIdentity"                = "?*"
            "aws:RequestTag/StepladderRequest"  = "?*"
            "aws:RequestTag/StepladderReviewer" = "?*"
            "aws:RequestTag/StepladderUntil"    = "?*"
          }
        }
      },
      {
        Sid       = "InTheNameOfSomebody"
        Effect    = "Allow"
        Principal = { AWS = local.sessions_role }
        Action    = "sts:SetSourceIdentity"
        Condition = { StringLike = { "sts:SourceIdentity" = "?*" } }
      },
      {
        Sid       = "ForARequest"
        Effect    = "Allow"
        Principal = { AWS = local.sessions_role }
        Action    = "sts:TagSession"
        Condition = {
          StringLike = {
            "aws:RequestTag/StepladderRequest"  = "?*"
            "aws:RequestTag/StepladderReviewer" = "?*"
            "aws:RequestTag/StepladderUntil"    = "?*"
          }
          "ForAllValues:StringEquals" = {
            "aws:TagKeys" = ["StepladderRequest", "StepladderReviewer", "StepladderUntil"]
          }
        }
      }
    ]
  })

  ending       = var.ending == null ? { boundary = "", revoker = "" } : var.ending
  boundary_arn = "arn:${local.partition}:iam::${local.account}:policy${local.ending.boundary}"
  revoker_arn  = "arn:${local.partition}:iam::${local.account}:role${local.ending.revoker}"

  # NB. The broker replaces this document, and none that it could not have written itself.
  boundary = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "WhatTheRoleAllows", Effect = "Allow", Action = "*", Resource = "*" },
      {
        Sid    = "KeepsItself"
        Effect = "Deny"
        Action = [
          "iam:Attach*",
          "iam:Create*",
          "iam:Delete*",
          "iam:Detach*",
          "iam:Put*",
          "iam:Set*",
          "iam:Update*"
        ]
        Resource = [
          local.boundary_arn,
          local.revoker_arn,
          "arn:${local.partition}:iam::${local.account}:role${var.path}*"
        ]
      },
      {
        Sid       = "GivesNobodyAnything"
        Effect    = "Deny"
        Action    = "iam:Attach*"
        Resource  = "*"
        Condition = { ArnEquals = { "iam:PolicyARN" = local.boundary_arn } }
      }
    ]
  })

  revoker_trust = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "EnforcementOfTheBroker"
        Effect    = "Allow"
        Principal = { AWS = local.enforce_role }
        Action    = "sts:AssumeRole"
        Condition = { StringEquals = { "sts:ExternalId" = var.external_ids } }
      }
    ]
  })

  revoker_permissions = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "VersionsTheBoundary"
        Effect = "Allow"
        Action = [
          "iam:CreatePolicyVersion",
          "iam:DeletePolicyVersion",
          "iam:GetPolicyVersion",
          "iam:ListEntitiesForPolicy",
          "iam:ListPolicyVersions"
        ]
        Resource = local.boundary_arn
      }
    ]
  })

  attachments = merge([
    for name, role in var.roles : merge(
      { for policy in role.managed : "${name} ${policy}" => {
        role = name
        arn  = "arn:${local.partition}:iam::aws:policy/${policy}"
      } },
      { for policy in role.customer_managed : "${name} ${policy}" => {
        role = name
        arn  = "arn:${local.partition}:iam::${local.account}:policy${policy}"
      } }
    )
  ]...)
}

resource "aws_iam_role" "target" {
  for_each = var.roles

  name                 = each.key
  path                 = var.path
  description          = each.value.description
  max_session_duration = 3600
  assume_role_policy   = local.target_trust
  permissions_boundary = one(aws_iam_policy.boundary[*].arn)
}

resource "aws_iam_role_policy" "own" {
  for_each = var.roles

  name = "Stepladder"
  role = aws_iam_role.target[each.key].name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "EndsWithTheWindow", Effect = "Allow", Action = "sts:GetScopedCredentials", Resource = "*" },
      {
        Sid      = "ReadsItself"
        Effect   = "Allow"
        Action   = "iam:GetRole"
        Resource = "arn:${local.partition}:iam::${local.account}:role${var.path}${each.key}"
      }
    ]
  })
}

resource "aws_iam_role_policy" "permissions" {
  for_each = { for name, role in var.roles : name => role.permissions if role.permissions != null }

  name = "Permissions"
  role = aws_iam_role.target[each.key].name
  policy = replace(
    replace(each.value, "$${AWS::Partition}", local.partition),
    "$${AWS::AccountId}",
    local.account
  )
}

resource "aws_iam_role_policy_attachment" "managed" {
  for_each = local.attachments

  role       = aws_iam_role.target[each.value.role].name
  policy_arn = each.value.arn
}

resource "aws_iam_policy" "boundary" {
  count = var.ending == null ? 0 : 1

  name        = basename(local.ending.boundary)
  path        = trimsuffix(local.ending.boundary, basename(local.ending.boundary))
  description = "Bounds the target roles, and denies the sessions of requests that were revoked."
  policy      = local.boundary

  # NB. From then on its versions are the broker's: an apply that set the first one again would let revoked sessions in.
  lifecycle {
    ignore_changes = [policy]
  }
}

resource "aws_iam_role" "revoker" {
  count = var.ending == null ? 0 : 1

  name                 = basename(local.ending.revoker)
  path                 = trimsuffix(local.ending.revoker, basename(local.ending.revoker))
  description          = "Versions the boundary of the target roles, and can do nothing else."
  max_session_duration = 3600
  assume_role_policy   = local.revoker_trust
}

resource "aws_iam_role_policy" "revoker" {
  count = var.ending == null ? 0 : 1

  name   = "VersionsTheBoundary"
  role   = aws_iam_role.revoker[0].name
  policy = local.revoker_permissions
}
