module plugin-go-bridge

go 1.19
