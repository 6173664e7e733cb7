// SPDX-License-Identifier: MIT
module plugin-go-bridge

go 1.19
