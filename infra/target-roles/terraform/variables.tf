# The values are those of the broker's deployment.yaml: "npm run target-roles" writes them as stepladder.auto.tfvars.json.

variable "broker_account" {
  description = "Account of the broker, 12 digits."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.broker_account))
    error_message = "The account of the broker has 12 digits."
  }
}

variable "name" {
  description = "Name of the broker's deployment: its roles are <name>-sessions and <name>-enforce."
  type        = string
}

variable "path" {
  description = "IAM path of the target roles."
  type        = string

  validation {
    condition     = can(regex("^/([A-Za-z0-9_+=,.@-]+/)+$", var.path))
    error_message = "The path begins and ends with a slash, and is not the root."
  }
}

variable "external_ids" {
  description = "The broker's external id; two while it is changed."
  type        = list(string)

  validation {
    condition = contains([1, 2], length(var.external_ids)) && alltrue([
      for id in var.external_ids : can(regex("^[A-Za-z0-9_+=,.@:/-]{2,1224}$", id))
    ])
    error_message = "One external id, or two, each of at least 2 of the characters that AWS STS takes."
  }
}

variable "ending" {
  description = "Where live sessions can be ended: path and name of the boundary and of the revoker. Else null."
  type = object({
    boundary = string
    revoker  = string
  })
  default = null
}

variable "roles" {
  description = "The target roles by name. permissions: an IAM policy document as JSON, or null."
  type = map(object({
    description      = optional(string, "")
    managed          = optional(list(string), [])
    customer_managed = optional(list(string), [])
    permissions      = optional(string)
  }))

  validation {
    condition     = length(var.roles) > 0
    error_message = "Name at least one role."
  }
}
