module example.com/isolated
